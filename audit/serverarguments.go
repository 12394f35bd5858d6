package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// k3sServer is what checks ask the arguments of k3s and RKE2 for.
var k3sServer = Component{Name: "k3s", Flags: []string{"secrets-encryption", "kube-apiserver-arg", "disable-network-policy", "flannel-backend"}}

// Server returns the server of k3s or RKE2 on a node by its arguments, which an annotation
// tells as a JSON list (k3s.io/node-args, rke2.io/node-args); nil where it tells none, or
// an agent's. What a server's configuration file says is among them, a value in the argument
// after its flag.
func (n *Node) Server(key string) (*Container, error) {
	text, told := n.Annotations[key]
	if !told {
		return nil, nil
	}
	var arguments []string
	if err := json.Unmarshal([]byte(text), &arguments); err != nil {
		return nil, fmt.Errorf("node %s: its annotation %s can't be read: %w", n.Name, key, err)
	}
	if !slices.Contains(arguments[:min(1, len(arguments))], "server") {
		return nil, nil
	}
	return &Container{Flags: k3sServer.Keep(arguments)}, nil
}

// APIServerArgument returns an argument that a server of k3s or RKE2 passes on to its API
// server, "" where it doesn't (https://docs.k3s.io/cli/server#customized-flags-for-kubernetes-processes).
func (c *Container) APIServerArgument(name string) string {
	for _, passed := range c.FlagsLike("kube-apiserver-arg") {
		if flag, value, _ := strings.Cut(strings.TrimLeft(passed, "-"), "="); flag == name {
			return value
		}
	}
	return ""
}

// Switch reports whether a kept flag is given, and on: it is unless its value is false.
func (c *Container) Switch(name string) (given, on bool) {
	value, given := c.Flag(name)
	says, err := strconv.ParseBool(value)
	return given, given && (err != nil || says)
}
