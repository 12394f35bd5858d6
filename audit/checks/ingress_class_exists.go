package checks

import (
	"cmp"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

var ingressClassExists = audit.Check{
	ID:       "ING-09",
	Title:    "The class of an Ingress exists and is unambiguous",
	Expected: "its IngressClass exists, or its annotation is a class that a known controller serves; both agree; with neither exactly 1 IngressClass is the default, or GKE serves it",
	Doc: "The class decides which controller serves an Ingress. With a class that doesn't exist none does; without one, none or every controller may: " +
		"an internal host can then appear on the public one.",
	Logic: "spec.ingressClassName names an IngressClass that doesn't exist, or differs from the annotation kubernetes.io/ingress.class (which is compared on creation only): fail. " +
		"The annotation alone: an IngressClass of that name, or a value that a known controller serves without one: pass; else not assessed. " +
		"Neither: pass with exactly one default IngressClass, or on GKE (by the cluster's version, or GKE's annotations), whose own controller serves it; else warning.",
	Fix:         "kubectl get ingressclasses; set spec.ingressClassName to one of them and take the annotation out.",
	Controls:    supportsNetworks("It is determined which entry point of the network serves the Ingress."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses, audit.IngressClasses},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeClass) },
}

func judgeClass(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	class, annotation := audit.ClassName(e.Ingress), audit.ClassAnnotation(e.Ingress)
	if class != "" {
		j.Evidence("spec.ingressClassName", class, audit.Configured)
	}
	if annotation != "" {
		j.Evidence("metadata.annotations[kubernetes.io/ingress.class]", annotation, audit.Configured)
	}
	switch {
	case class != "":
		judgeClassName(f, j, class, annotation)
	case annotation != "":
		judgeClassAnnotation(f, j, annotation)
	default:
		judgeNoClass(f, j, e)
	}
}

func judgeClassName(f *audit.Facts, j *audit.Judgement, class, annotation string) {
	if annotation != "" && annotation != class {
		j.Fail("class %q and annotation %q differ: which controller serves it depends on the controller", class, annotation)
	}
	defer j.By(classesCommand)()
	if f.IngressClass(class) == nil {
		j.Fail("IngressClass %q doesn't exist", class)
		return
	}
	j.Pass("IngressClass %s exists", class)
}

func judgeClassAnnotation(f *audit.Facts, j *audit.Judgement, annotation string) {
	if f.IngressClass(annotation) != nil {
		j.Pass("IngressClass %s exists", annotation)
		return
	}
	if known := audit.IngressControllers.Valued(annotation); len(known) > 0 {
		j.Pass("annotation %q is served by %s without an IngressClass", annotation, known[0].Name)
		return
	}
	j.NotAssessed(audit.Unknown, "annotation %q names no IngressClass, and no controller is known that serves it", annotation)
}

func judgeNoClass(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	defaults := f.DefaultClasses()
	defer j.By(classesCommand)()
	j.Evidence("spec.ingressClassName", "absent", audit.Configured)
	j.Evidence("IngressClasses: metadata.annotations[ingressclass.kubernetes.io/is-default-class]", "true on "+cmp.Or(several(defaults), "none"), audit.Configured)
	takes := slices.IndexFunc(e.Controllers, func(c audit.IngressController) bool { return c.Classless })
	switch {
	case len(defaults) == 1:
		j.Pass("no class: the default, %s, serves it", defaults[0])
	case f.Cluster.OnGKE():
		j.Pass("no class: GKE's own controller serves it")
	case len(defaults) == 0 && takes >= 0:
		j.Pass("no class: %s, whose annotations it carries, serves it", e.Controllers[takes].Name)
	case len(defaults) == 0:
		j.Warn("no class, and no IngressClass is the default: nothing serves it, or every controller that takes such Ingresses")
	default:
		j.Warn("no class, and several IngressClasses are the default: %s", several(defaults))
	}
}
