package controlplane

import (
	"context"
	"encoding/json"
	"fmt"
)

// startPebble starts an ACME server that doesn't wait or, as it would to teach clients to
// retry, refuse good nonces. It validates where a nameserver is there to ask.
func (cp *ControlPlane) startPebble(ctx context.Context, program, nameserver string) error {
	ports, err := freePorts(1)
	if err != nil {
		return err
	}
	certificate, key, err := cp.authority.serving()
	if err != nil {
		return err
	}
	certificatePath, err := cp.write("pebble.crt", certificate)
	if err != nil {
		return err
	}
	keyPath, err := cp.write("pebble.key", key)
	if err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": ports[0],
		"certificate":   certificatePath,
		"privateKey":    keyPath,
		"keyAlgorithm":  "ecdsa",
		"retryAfter":    map[string]int{"authz": 1, "order": 1},
	}})
	if err != nil {
		return fmt.Errorf("encode pebble's configuration: %w", err)
	}
	configPath, err := cp.write("pebble.json", config)
	if err != nil {
		return err
	}
	environment := []string{"PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0"}
	arguments := []string{"-config=" + configPath, "-strict=false"}
	if nameserver == "" {
		environment = append(environment, "PEBBLE_VA_ALWAYS_VALID=1")
	} else {
		arguments = append(arguments, "-dnsserver="+nameserver)
	}
	p, err := launch(cp.Dir, program, environment, arguments...)
	if err != nil {
		return err
	}
	cp.ACMEDirectory = "https://" + ports[0] + "/dir"
	return cp.run(ctx, p, answers(cp.ACMEDirectory, cp.CA))
}
