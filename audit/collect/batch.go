package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	batchv1 "k8s.io/api/batch/v1"
)

var batch = []kind{
	{
		resource: audit.Jobs, group: "batch", version: "v1", plural: "jobs", name: "Job", namespaced: true,
		mask: maskJob, codec: decoding(reduceJob),
	},
	{
		resource: audit.CronJobs, group: "batch", version: "v1", plural: "cronjobs", name: "CronJob", namespaced: true,
		mask: maskCronJob, codec: decoding(reduceCronJob),
	},
}

func reduceJob(k *kept, j *batchv1.Job) string {
	c := audit.Controller{
		Object: k.meta(&j.ObjectMeta), APIVersion: "batch/v1", Kind: "Job", Owner: k.owner(j.OwnerReferences),
		Replicas: wanted(j.Spec.Parallelism),
	}
	if j.Status.Ready != nil {
		c.Available = *j.Status.Ready
	}
	k.controller(&c, &j.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}

func reduceCronJob(k *kept, j *batchv1.CronJob) string {
	c := audit.Controller{
		Object: k.meta(&j.ObjectMeta), APIVersion: "batch/v1", Kind: "CronJob", Owner: k.owner(j.OwnerReferences), Replicas: 1,
	}
	k.controller(&c, &j.Spec.JobTemplate.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}
