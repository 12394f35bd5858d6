package checks

import (
	"fmt"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// An ingressServer is a controller that may serve an Ingress, and the instances of it that do,
// empty where none is known to run.
type ingressServer struct {
	*audit.IngressController
	instances []*audit.IngressInstance
}

// ingressServers returns who may serve an Ingress. Those that are known to run narrow the
// candidates; where the class doesn't tell, each instance is one.
func ingressServers(f *audit.Facts, e *audit.Exposure) []ingressServer {
	var servers []ingressServer
	running := f.InstancesOf(e)
	for i := range e.Controllers {
		s := ingressServer{IngressController: &e.Controllers[i]}
		for _, instance := range running {
			if instance.Is.Name == s.Name {
				s.instances = append(s.instances, instance)
			}
		}
		switch {
		case len(running) > 0 && len(s.instances) == 0:
		case f.IngressClass(e.Class) == nil && len(s.instances) > 1:
			for _, instance := range s.instances {
				servers = append(servers, ingressServer{s.IngressController, []*audit.IngressInstance{instance}})
			}
		default:
			servers = append(servers, s)
		}
	}
	return servers
}

// byController judges an Ingress by the rules of who serves it. Where several may, they
// have to agree.
func byController(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, what string, judge func(*audit.Facts, *audit.Judgement, *audit.Exposure, *ingressServer)) {
	servers := ingressServers(f, e)
	statuses := map[audit.Status]bool{}
	for i := range servers {
		if prefixUnknown(f, j, e, &servers[i], what) {
			return
		}
		alone := audit.Judge(e.Subject)
		judge(f, alone, e, &servers[i])
		statuses[alone.Finding().Status] = true
	}
	if len(statuses) == 1 {
		judge(f, j, e, &servers[0])
		return
	}
	if f.IngressClass(e.Class) == nil && unread(f, j, audit.IngressClasses, "", "which controller serves it isn't known, and so "+what) {
		return
	}
	if len(servers) == 0 {
		j.NotAssessed(audit.Unknown, "which controller serves it isn't known to this build (class %q), and so %s", e.Class, what)
		return
	}
	j.NotAssessed(audit.Unknown, "several controllers may serve it, for which %s differs: %s", what, several(serverNames(servers)))
}

// overridden says why annotations of an Ingress may not be what counts: its controller reads
// them on Services first, and one has such, or Services weren't read; nil where they do.
func overridden(f *audit.Facts, e *audit.Exposure, c *ingressServer, keys []string) *listGap {
	if gap, missing := f.Unread(audit.Services, e.Namespace); missing && c.OnServices {
		return &listGap{gap.Reason, "whether a Service behind it has such an annotation, which counts first, isn't known: " + gapWords(audit.Services, gap)}
	}
	if by := f.OverriddenBy(e, c.IngressController, keys); by != nil {
		return &listGap{audit.Unknown, fmt.Sprintf("annotation %s of Service %s/%s counts first for what it leads to, which isn't judged by this build", by.Key, by.Service.Namespace, by.Service.Name)}
	}
	return nil
}

// prefixUnknown notes that it isn't known whether a controller goes by the annotations of an
// Ingress, as its arguments may name another prefix and weren't read.
func prefixUnknown(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer, what string) bool {
	r, gap, missing := f.UnknownInstances()
	if !missing || len(c.instances) > 0 || c.PrefixFlag == "" || !c.Owns(e.Annotations) {
		return false
	}
	j.NotAssessed(gap.Reason, "whether %s goes by these annotations isn't known (--%s), and so %s: %s", c.Name, c.PrefixFlag, what, gapWords(r, gap))
	return true
}

func serverNames(servers []ingressServer) []string {
	var names []string
	for _, s := range servers {
		name := s.Name
		if len(s.instances) > 0 {
			name = s.instances[0].Subject.String()
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// noInstance notes that no running controller was found that would tell its settings.
func noInstance(f *audit.Facts, j *audit.Judgement, name, so string) {
	if r, gap, missing := f.UnknownInstances(); missing {
		j.NotAssessed(gap.Reason, "%s isn't known to run here, %s: %s", name, so, gapWords(r, gap))
		return
	}
	j.NotAssessed(audit.Unknown, "%s wasn't found to run here, %s", name, so)
}

// settingsGap says why the settings of a controller aren't known.
func settingsGap(i *audit.IngressInstance) string {
	return fmt.Sprintf("its ConfigMap %s was not read: %s", i.ConfigMap, i.Unread.Message)
}
