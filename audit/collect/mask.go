package collect

// A mask says which fields of a protobuf message are decoded: by number, nil for a whole
// field, another mask for a part of it. What the reducers never look at, the environment
// of containers above all, isn't even decoded: it is most of a list of Pods.
//
// The numbers are those of generated.proto in k8s.io/api and k8s.io/apimachinery. A
// missing one shows in a test that decodes objects with and without their mask.
type mask map[int]mask

var (
	maskMeta = mask{
		1: nil, 3: nil, 5: nil, 6: nil, // name, namespace, uid, resourceVersion
		11: nil, 12: nil, 13: nil, // labels, annotations, ownerReferences
	}
	maskContainer = mask{1: nil, 2: nil, 3: nil, 4: nil, 6: nil, 7: {1: nil, 2: nil}}                    // name, image, command, args, ports; env: name, value
	maskPodSpec   = mask{2: maskContainer, 20: maskContainer, 6: nil, 10: nil, 11: nil, 26: {1: nil}}    // containers, initContainers, dnsPolicy, nodeName, hostNetwork; dnsConfig: nameservers
	maskPod       = mask{1: maskMeta, 2: maskPodSpec, 3: {1: nil, 2: {1: nil, 2: nil}, 6: nil, 12: nil}} // status: phase, podIP, podIPs; conditions: type, status
	maskTemplate  = mask{1: {11: nil}, 2: maskPodSpec}                                                   // labels, spec
	maskReplicas  = mask{1: maskMeta, 2: {1: nil, 3: maskTemplate}, 3: nil}                              // Deployment, ReplicaSet, StatefulSet, ReplicationController
	maskDaemonSet = mask{1: maskMeta, 2: {2: maskTemplate}, 3: nil}                                      // spec.template
	maskJob       = mask{1: maskMeta, 2: {1: nil, 6: maskTemplate}, 3: nil}                              // spec.parallelism, spec.template
	maskCronJob   = mask{1: maskMeta, 2: {5: {2: {6: maskTemplate}}}}                                    // spec.jobTemplate.spec.template
)

// prune appends to out what a mask leaves of a message. Bytes that aren't a message are
// left for the decoder to refuse.
func prune(out, message []byte, m mask) []byte {
	for len(message) > 0 {
		f, rest, err := nextField(message)
		if err != nil {
			return append(out, message...)
		}
		message = rest
		part, wanted := m[f.number]
		switch {
		case !wanted:
		case part == nil || !f.bytes:
			out = append(out, f.whole...)
		default:
			out = append(out, f.whole[:f.tag]...)
			start := len(out)
			out = prune(append(out, 0, 0, 0, 0), f.content, part)
			length := len(out) - start - 4
			for i := range 4 { // a length in four bytes, whatever it takes: 28 bits are more than a page
				out[start+i] = byte(length>>(7*i))&0x7f | 0x80
			}
			out[start+3] &= 0x7f
		}
	}
	return out
}
