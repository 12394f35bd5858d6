package audit

import (
	"os/exec"
	"strings"
	"testing"
)

func TestCommandsOfSubjects(t *testing.T) {
	for _, c := range []struct {
		subject Subject
		want    string
	}{
		{ClusterSubject(), ""},
		{Subject{APIVersion: "v1", Kind: "Pod", Namespace: "app", Name: "web"}, "kubectl get pod web -n app -o yaml"},
		{Subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "app", Name: "web"}, "kubectl get deployment.apps web -n app -o yaml"},
		{Subject{APIVersion: "v1", Kind: "Namespace", Name: "app"}, "kubectl get namespace app -o yaml"},
		{Subject{APIVersion: "v1", Kind: "Secret", Namespace: "app", Name: "tls"}, "kubectl get secret tls -n app -o jsonpath='{.type}'"},
		{Subject{APIVersion: "v1", Kind: "Pod", Namespace: "app", Name: "--kubeconfig=x"}, "kubectl get pod/--kubeconfig=x -n app -o yaml"},
		{Subject{APIVersion: "v1", Kind: "Pod", Namespace: "a b", Name: "$(id)'; id"}, `kubectl get pod '$(id)'\''; id' -n 'a b' -o yaml`},
	} {
		if got := c.subject.Command(); got != c.want {
			t.Errorf("command of %v is %q, want %q", c.subject, got, c.want)
		}
	}
}

// TestQuoteByShell has a shell read words back.
func TestQuoteByShell(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, word := range []string{"web", "a b", "$(id)", "`id`", "it's", "'; id; '", "*", "~", "a\nb", `a\b`, "", "{.data.tls\\.crt}", "#", "a=b", "=a", "<x", "!", "é"} {
		out, err := exec.Command(shell, "-c", "printf %s "+Quote(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("a shell reads %s as %q (%v), want %q", Quote(word), out, err, word)
		}
	}
}

func TestCommandsOfWhatDecides(t *testing.T) {
	subject := Subject{APIVersion: "v1", Kind: "Pod", Namespace: "app", Name: "web"}
	for _, c := range []struct {
		name string
		note func(*Judgement)
		want string // "" for the engine's
	}{
		{"none given", func(j *Judgement) { j.Fail("a") }, ""},
		{"for all", func(j *Judgement) { j.Command("all"); j.Fail("a") }, "all"},
		{"of the worst", func(j *Judgement) {
			back := j.By("passing")
			j.Pass("a")
			back()
			defer j.By("failing")()
			j.Fail("b")
		}, "failing"},
		{"with the subject's", func(j *Judgement) {
			j.Fail("a")
			defer j.By("other")()
			j.Fail("b")
		}, "kubectl get pod web -n app -o yaml; other"},
		{"each once, three at most", func(j *Judgement) {
			for _, command := range []string{"1", "2", "2", "3", "4"} {
				j.By(command)
				j.Warn("%s of %s", command, command)
			}
		}, "1; 2; 3"},
		{"several of one, empty ones left out", func(j *Judgement) {
			defer j.By("1", "", "2")()
			j.NotAssessed(Unknown, "a")
		}, "1; 2"},
		{"of the severest first", func(j *Judgement) {
			j.By("1")
			j.Fail("a")
			j.By("2")
			j.FailAs(Critical, "b")
		}, "2; 1"},
	} {
		j := Judge(subject)
		c.note(j)
		if got := j.Finding().Command; got != c.want {
			t.Errorf("%s: command is %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCommandOfGap(t *testing.T) {
	gap := Gap{Namespace: "app", Verb: "list", Reason: Forbidden}
	if got, want := gap.Command("ingresses.networking.k8s.io"), "kubectl auth can-i list ingresses.networking.k8s.io -n app"; got != want {
		t.Errorf("command of a gap is %q, want %q", got, want)
	}
	if got := (Gap{Verb: "list"}).Command("pods"); strings.Contains(got, "-n") {
		t.Errorf("command of a gap of the whole cluster is %q", got)
	}
}
