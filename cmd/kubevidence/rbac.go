package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/spf13/cobra"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// An rbac prints or tries the rights that a scan needs.
type rbac struct {
	input
	check    bool
	excluded []string
	name     string
	account  string // the ServiceAccount that a scan runs as, NAMESPACE/NAME
}

func newRBAC(std streams) *cobra.Command {
	r := &rbac{input: input{std: std}}
	cmd := &cobra.Command{
		Use:   "rbac",
		Short: "Print the least-privilege ClusterRole, or try which rights are missing",
		Long: `Print the ClusterRole that a scan with these options needs: list on what the checks
read, get on the ConfigMaps and the Lease that they name, and nothing on Secrets. With
--read-secrets also a Role a namespace, and its RoleBinding to --service-account,
that allow get on exactly the Secrets that Ingresses (or, where a TLS block names
none, their controllers), Gateways and Certificates name now; these names are read
from the cluster, or from --input.

With --check each right is tried with a GET of one object. What is missing is
listed with the checks that it costs, and the exit code is 4.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			selected, err := audit.Select(checks.All, nil, r.excluded)
			if err != nil {
				return usageError("%w", err)
			}
			if r.check {
				return r.try(cmd.Context(), selected)
			}
			return r.print(cmd.Context(), selected)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&r.check, "check", false, "try each right and list what is missing")
	flags.StringSliceVar(&r.excluded, "exclude-check", nil, "leave out what only these checks read (IDs)")
	flags.StringVar(&r.name, "name", "kubevidence", "name of the roles")
	flags.StringVar(&r.account, "service-account", "kubevidence/kubevidence", "with --read-secrets: who is bound to the Roles, NAMESPACE/NAME")
	flags.StringArrayVar(&r.paths, "input", nil, "with --read-secrets: take the Secrets' names from a snapshot or manifests")
	r.bindCluster(flags)
	_ = cmd.RegisterFlagCompletionFunc("exclude-check", completeCheckIDs)
	return cmd
}

// rights are what the selected checks need. Secrets are left out: they are granted by
// name or not at all.
func rights(selected []audit.Check) []collect.Right {
	return slices.DeleteFunc(collect.Rights(audit.Resources(selected)), func(right collect.Right) bool {
		return right.Reads == audit.Secrets
	})
}

func (r *rbac) print(ctx context.Context, selected []audit.Check) error {
	account, err := serviceAccount(r.account)
	if err != nil {
		return err
	}
	if err := writeYAML(r.std.out, clusterRole(r.name, rights(selected))); err != nil || !r.readSecrets {
		return err
	}
	r.readSecrets = false // their names are wanted, not their values
	naming := []audit.Resource{
		audit.Ingresses, audit.Gateways, audit.ListenerSets, audit.Certificates,
		audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, // whose controllers' default certificates stand in
	}
	snapshot, err := r.snapshot(ctx, naming, nil)
	if err != nil {
		return err
	}
	for _, role := range secretRoles(r.name, audit.NamedSecrets(snapshot)) {
		for _, object := range []any{role, roleBinding(role, account)} {
			if _, err := io.WriteString(r.std.out, "---\n"); err != nil {
				return err
			}
			if err := writeYAML(r.std.out, object); err != nil {
				return err
			}
		}
	}
	return nil
}

// serviceAccount is the subject that NAMESPACE/NAME names.
func serviceAccount(text string) (rbacv1.Subject, error) {
	namespace, name, _ := strings.Cut(text, "/")
	if len(validation.IsDNS1123Label(namespace)) > 0 || len(validation.IsDNS1123Subdomain(name)) > 0 {
		return rbacv1.Subject{}, usageError("--service-account %q isn't NAMESPACE/NAME", text)
	}
	return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}, nil
}

// try tries each right and prints what came of it.
func (r *rbac) try(ctx context.Context, selected []audit.Check) error {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	options, err := r.live(audit.Resources(selected))
	if err != nil {
		return err
	}
	trials, err := collect.Try(ctx, options)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	missing := 0
	out := bufio.NewWriter(r.std.out)
	for _, t := range trials {
		switch t.State {
		case audit.Read:
			fmt.Fprintf(out, "granted  %s %s\n", t.Verb, t.Reads)
		case audit.NotServed:
			fmt.Fprintf(out, "absent   %s %s: not installed\n", t.Verb, t.Reads)
		default:
			missing++
			fmt.Fprintf(out, "missing  %s %s: costs %s\n         %s\n", t.Verb, t.Reads, costLine(t.Reads), printable(t.Gap.Message))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if missing > 0 {
		return outcome(exitIncomplete)
	}
	return nil
}

// costLine says which checks are lost without a resource, and which know less.
func costLine(r audit.Resource) string {
	lost, less := costs(r, true), costs(r, false)
	switch {
	case len(lost) == 0 && len(less) == 0:
		return "the cluster's identity and the ledger's namespaces"
	case len(lost) == 0:
		return "precision in " + strings.Join(less, ", ")
	case len(less) == 0:
		return strings.Join(lost, ", ")
	}
	return strings.Join(lost, ", ") + "; precision in " + strings.Join(less, ", ")
}

// clusterRole grants rights, a rule for each API group.
func clusterRole(name string, rights []collect.Right) *rbacv1.ClusterRole {
	role := &rbacv1.ClusterRole{
		TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
	}
	for _, right := range rights {
		last := len(role.Rules) - 1
		if last < 0 || role.Rules[last].APIGroups[0] != right.Group || role.Rules[last].Verbs[0] != right.Verb {
			role.Rules = append(role.Rules, rbacv1.PolicyRule{APIGroups: []string{right.Group}, Verbs: []string{right.Verb}, ResourceNames: right.Names})
			last++
		}
		role.Rules[last].Resources = append(role.Rules[last].Resources, right.Resource)
	}
	return role
}

// secretRoles grant get on named Secrets, a role for each namespace.
func secretRoles(name string, named []audit.TLSSecret) []*rbacv1.Role {
	var roles []*rbacv1.Role
	for _, secret := range named {
		if n := len(roles); n == 0 || roles[n-1].Namespace != secret.Namespace {
			roles = append(roles, &rbacv1.Role{
				TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role"},
				ObjectMeta: metav1.ObjectMeta{Name: name + "-secrets", Namespace: secret.Namespace},
				Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get"}}},
			})
		}
		rule := &roles[len(roles)-1].Rules[0]
		rule.ResourceNames = append(rule.ResourceNames, secret.Name)
	}
	return roles
}

// roleBinding gives a role to a subject, under the role's name.
func roleBinding(role *rbacv1.Role, subject rbacv1.Subject) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: role.APIVersion, Kind: "RoleBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: role.Name, Namespace: role.Namespace},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: role.Kind, Name: role.Name},
		Subjects:   []rbacv1.Subject{subject},
	}
}

func writeYAML(w io.Writer, object any) error {
	data, err := yaml.Marshal(object)
	if err != nil {
		return fmt.Errorf("write role: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// costs lists the checks that need a resource, or that only use it.
func costs(r audit.Resource, need bool) []string {
	var ids []string
	for _, c := range checks.All {
		resources := c.Uses
		if need {
			resources = c.Needs
		}
		if slices.Contains(resources, r) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
