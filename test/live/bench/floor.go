package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/encoding/protowire"
	"k8s.io/client-go/rest"
)

// A floor is the least that reading takes: the same lists that the scan's ledger holds,
// asked for by a bare HTTP client that looks at nothing but the continue token.
type floor struct {
	client *http.Client
	server string
	lists  []list
}

// A list is a request of the ledger and what the server answers it in.
type list struct {
	path   string // with its query, "/api/v1/pods?limit=500"
	accept string
}

// A reading is what one round of the floor cost.
type reading struct {
	took  time.Duration
	cpu   time.Duration // of this client
	pages int64
	plain int64 // bytes, once unpacked
	sent  int64 // bytes, as they came over the wire
}

// newFloor takes over the requests of a ledger. Like the scan it lets the server compress
// what it sends.
func newFloor(config *rest.Config, requests []string) (*floor, error) {
	config = rest.CopyConfig(config)
	config.DisableCompression = true // by the transport, which wouldn't say how much was sent
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("create client: %w", err)
	}
	f := &floor{client: client, server: config.Host}
	for _, request := range requests {
		path, isGet := strings.CutPrefix(request, "GET ")
		if !isGet {
			return nil, fmt.Errorf("the ledger holds %q, which isn't a GET", request)
		}
		f.lists = append(f.lists, list{path, accepted(path)})
	}
	return f, nil
}

// accepted is what the scan asks for: protobuf, but for custom resources, which the server
// knows as JSON alone.
func accepted(path string) string {
	group, _, _ := strings.Cut(strings.TrimPrefix(path, "/apis/"), "/")
	if strings.HasPrefix(path, "/api/") || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && group != "gateway.networking.k8s.io" {
		return "application/vnd.kubernetes.protobuf"
	}
	return "application/json"
}

// read reads every list once, so many side by side.
func (f *floor) read(ctx context.Context, sideBySide int) (reading, error) {
	var pages, plain, sent atomic.Int64
	started, used := time.Now(), cpu()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for _, l := range f.lists {
		group.Go(func() error {
			for token := ""; ; {
				p, err := f.page(ctx, l, token)
				if err != nil {
					return fmt.Errorf("GET %s: %w", l.path, err)
				}
				pages.Add(1)
				plain.Add(p.plain)
				sent.Add(p.sent)
				if p.next == "" {
					return nil
				}
				token = p.next
			}
		})
	}
	err := group.Wait()
	return reading{time.Since(started), cpu() - used, pages.Load(), plain.Load(), sent.Load()}, err
}

// A page is where the next one is and what this one weighed.
type page struct {
	next        string
	plain, sent int64
}

// page reads one page to its end.
func (f *floor) page(ctx context.Context, l list, token string) (p page, err error) {
	address := f.server + l.path
	if token != "" {
		address += "&continue=" + url.QueryEscape(token)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return p, err
	}
	request.Header.Set("Accept", l.accept)
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := f.client.Do(request)
	if err != nil {
		return p, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return p, errors.New(response.Status)
	}
	sent := &counted{r: response.Body}
	var body io.Reader = sent
	if response.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(sent); err != nil {
			return p, err
		}
	}
	plain := &counted{r: body}
	buffered := bufio.NewReaderSize(plain, 64<<10)
	if p.next, err = continueToken(buffered, l.accept); err != nil {
		return p, err
	}
	_, err = io.Copy(io.Discard, buffered)
	p.plain, p.sent = plain.n, sent.n
	return p, err
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// continueToken finds metadata.continue of a list. In protobuf it stands before the
// items, in JSON of custom resources behind them.
func continueToken(r *bufio.Reader, accept string) (string, error) {
	if accept == "application/json" {
		var page struct {
			Metadata struct {
				Continue string `json:"continue"`
			} `json:"metadata"`
		}
		err := json.NewDecoder(r).Decode(&page)
		return page.Metadata.Continue, err
	}
	const magic = "k8s\x00" // k8s.io/apimachinery/pkg/runtime/serializer/protobuf
	head, err := r.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	message, ok := strings.CutPrefix(string(head), magic)
	if !ok {
		return "", errors.New("the answer isn't protobuf")
	}
	raw, err := field([]byte(message), 2) // runtime.Unknown.raw
	if err != nil {
		return "", fmt.Errorf("find the list: %w", err)
	}
	meta, err := field(raw, 1) // the list's metadata
	if err != nil {
		return "", fmt.Errorf("find the list's metadata: %w", err)
	}
	token, err := field(meta, 3) // ListMeta.continue
	return string(token), err
}

// field returns a length-delimited field of a message of which there may be a head only,
// nil where the message doesn't have it.
func field(message []byte, wanted protowire.Number) ([]byte, error) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		message = message[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
				return nil, protowire.ParseError(n)
			}
			message = message[n:]
			continue
		}
		length, n := protowire.ConsumeVarint(message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		end := min(uint64(len(message)), uint64(n)+length)
		if number == wanted {
			return message[n:end], nil
		}
		message = message[end:]
	}
	return nil, nil
}

// median of readings, by duration.
func median[T any](all []T, took func(T) time.Duration) T {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(took(a), took(b)) })
	return sorted[len(sorted)/2]
}
