package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// A check declares the controls that it bears on by constructors, each with one sentence
// why. Each names a control of ISO/IEC 27001:2013 and its successor of 2022; the crosswalk
// is in package controls. A check is direct for a control that it evidences, supporting
// for one that it helps.

// refs joins what a check bears on.
func refs(groups ...[]audit.ControlRef) []audit.ControlRef { return slices.Concat(groups...) }

// keyManagement: the check evidences how keys are generated, distributed, stored, renewed
// and retired (K).
func keyManagement(why string) []audit.ControlRef {
	return pair("A.10.1.2", "A.8.24", audit.Direct, why)
}

// cryptography: the check evidences the use of TLS rather than how keys are managed (T).
// A.8.24 of 2022 merged the former A.10.1.1 with A.10.1.2, so the check is direct for it
// and only supports A.10.1.2.
func cryptography(why string) []audit.ControlRef {
	return []audit.ControlRef{
		{Control: "A.10.1.2", Role: audit.Supporting, Why: why},
		{Control: "A.8.24", Role: audit.Direct, Why: why},
	}
}

// networks: the check evidences that networks are controlled (N1).
func networks(why string) []audit.ControlRef { return pair("A.13.1.1", "A.8.20", audit.Direct, why) }

// supportsNetworks: the check helps to control networks (n1).
func supportsNetworks(why string) []audit.ControlRef {
	return pair("A.13.1.1", "A.8.20", audit.Supporting, why)
}

// services: the check evidences the security of network services (N2).
func services(why string) []audit.ControlRef { return pair("A.13.1.2", "A.8.21", audit.Direct, why) }

// supportsServices: the check helps to secure network services (n2).
func supportsServices(why string) []audit.ControlRef {
	return pair("A.13.1.2", "A.8.21", audit.Supporting, why)
}

// segregated: the check evidences that networks are segregated (N3).
func segregated(why string) []audit.ControlRef { return pair("A.13.1.3", "A.8.22", audit.Direct, why) }

// supportsSegregation: the check helps to segregate networks (n3).
func supportsSegregation(why string) []audit.ControlRef {
	return pair("A.13.1.3", "A.8.22", audit.Supporting, why)
}

func pair(of2013, of2022 string, role audit.Role, why string) []audit.ControlRef {
	return []audit.ControlRef{{Control: of2013, Role: role, Why: why}, {Control: of2022, Role: role, Why: why}}
}
