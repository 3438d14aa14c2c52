// Package peer drives a running server with the published Go client of the Connect dialect.
// test/peers/ccloud-sdk.sh starts what it needs and says where it is by environment variables.
package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	connect "github.com/confluentinc/ccloud-sdk-go-v2/connect/v1"
)

// patience bounds every wait; pollEvery paces it.
const (
	patience  = 60 * time.Second
	pollEvery = 100 * time.Millisecond
)

// peer is the published client, pointed at one cluster of one server.
type peer struct {
	*connect.APIClient
	ctx     context.Context
	env     string
	cluster string
}

func newPeer(t *testing.T, url, env, cluster string) peer {
	t.Helper()
	config := connect.NewConfiguration()
	config.Servers = connect.ServerConfigurations{{URL: url}}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	return peer{connect.NewAPIClient(config), ctx, env, cluster}
}

// given is a setting of the script; without it the test has nothing to run against.
func given(t *testing.T, variable string) string {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Fatalf("%s is not set: run test/peers/ccloud-sdk.sh", variable)
	}
	return value
}

func (p peer) list() ([]string, *http.Response, error) {
	return p.ConnectorsConnectV1Api.ListConnectv1Connectors(p.ctx, p.env, p.cluster).Execute()
}

// expanded lists in the way of this client: its path has all expansions, and what is asked for comes in a second parameter.
func (p peer) expanded(t *testing.T) map[string]connect.ConnectV1ConnectorExpansion {
	t.Helper()
	all, reply, err := p.ConnectorsConnectV1Api.ListConnectv1ConnectorsWithExpansions(p.ctx, p.env, p.cluster).Expand("id,status").Execute()
	expect(t, "the expanded list", reply, err, 200)
	return all
}

func (p peer) status(t *testing.T, name string) connect.InlineResponse2001 {
	t.Helper()
	status, reply, err := p.StatusConnectV1Api.ReadConnectv1ConnectorStatus(p.ctx, name, p.env, p.cluster).Execute()
	expect(t, "the status of "+name, reply, err, 200)
	return status
}

// becomes asks for the status until it is the target; any state that is not pending on the way is a failure, as it is for Terraform.
func (p peer) becomes(t *testing.T, name, target string, pending ...string) connect.InlineResponse2001 {
	t.Helper()
	var last connect.InlineResponse2001
	within(t, name+" is "+target, func() bool {
		last = p.status(t, name)
		state := last.Connector.State
		if state != target && !contains(pending, state) {
			t.Fatalf("%s is %s on its way to %s: %s", name, state, target, last.Connector.GetTrace())
		}
		return state == target
	})
	return last
}

func (p peer) pause(t *testing.T, name string) {
	t.Helper()
	reply, err := p.LifecycleConnectV1Api.PauseConnectv1Connector(p.ctx, name, p.env, p.cluster).Execute()
	expect(t, "the pause of "+name, reply, err, 202)
}

func (p peer) resume(t *testing.T, name string) {
	t.Helper()
	reply, err := p.LifecycleConnectV1Api.ResumeConnectv1Connector(p.ctx, name, p.env, p.cluster).Execute()
	expect(t, "the resume of "+name, reply, err, 202)
}

// alter asks for a change of offsets and waits until it is applied.
func (p peer) alter(t *testing.T, name string, kind connect.ConnectV1AlterOffsetRequestType, offsets *[]map[string]interface{}) {
	t.Helper()
	change := connect.ConnectV1AlterOffsetRequest{Type: kind, Offsets: offsets}
	info, reply, err := p.OffsetsConnectV1Api.AlterConnectv1ConnectorOffsetsRequest(p.ctx, name, p.env, p.cluster).
		ConnectV1AlterOffsetRequest(change).Execute()
	expect(t, "the offsets request of "+name, reply, err, 202)
	equal(t, "its name and type", []string{info.Name, string(info.Type)}, []string{name, string(kind)})
	within(t, "the offsets of "+name+" are altered", func() bool {
		now, reply, err := p.offsetsRequest(name)
		expect(t, "the status of the offsets request", reply, err, 200)
		if phase := now.Status.Phase; phase != "PENDING" && phase != "APPLIED" {
			t.Fatalf("the offsets request of %s is %s: %s", name, phase, now.Status.GetMessage())
		}
		equal(t, "the request that is told of", now.Request.RequestedAt, info.RequestedAt)
		return now.Status.Phase == "APPLIED" && now.AppliedAt.Get() != nil
	})
}

func (p peer) offsetsRequest(name string) (connect.ConnectV1AlterOffsetStatus, *http.Response, error) {
	return p.OffsetsConnectV1Api.GetConnectv1ConnectorOffsetsRequestStatus(p.ctx, name, p.env, p.cluster).Execute()
}

// expect takes a reply whose body the client could decode and whose status is the published one.
func expect(t *testing.T, what string, reply *http.Response, err error, status int) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v %s", what, err, bodyOf(err))
	}
	equal(t, what, reply.StatusCode, status)
}

// refused takes an error that the client decoded as the published body, and gives its message.
func refused(t *testing.T, what string, reply *http.Response, err error, status int) string {
	t.Helper()
	if err == nil || reply == nil {
		t.Fatalf("%s: expected %d, got %v", what, status, err)
	}
	equal(t, what, reply.StatusCode, status)
	failure, ok := err.(connect.GenericOpenAPIError)
	if !ok {
		t.Fatalf("%s: not an error of the API: %v", what, err)
	}
	body, ok := failure.Model().(connect.ConnectV1ConnectorError)
	if !ok || body.Error == nil {
		t.Fatalf("%s: the body is no ConnectorError: %s", what, failure.Body())
	}
	equal(t, what+", in its body", body.Error.GetCode(), int32(status))
	return body.Error.GetMessage()
}

// says takes an error by its bytes: the published document lists no such status for the operation, or has no ConnectorError there.
func says(t *testing.T, what string, reply *http.Response, err error, status int, text string) {
	t.Helper()
	if err == nil || reply == nil {
		t.Fatalf("%s: expected %d, got %v", what, status, err)
	}
	equal(t, what, reply.StatusCode, status)
	var body connect.ConnectV1ConnectorError
	if json.Unmarshal([]byte(bodyOf(err)), &body) != nil || body.Error == nil || !strings.Contains(body.Error.GetMessage(), text) {
		t.Fatalf("%s: expected an error that tells of %q, got %s", what, text, bodyOf(err))
	}
}

func bodyOf(err error) string {
	if failure, ok := err.(connect.GenericOpenAPIError); ok {
		return string(failure.Body())
	}
	return ""
}

// within asks again until it is so, and fails when patience is at its end.
func within(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(pollEvery) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func equal(t *testing.T, what string, actual, expected interface{}) {
	t.Helper()
	if a, e := fmt.Sprintf("%#v", actual), fmt.Sprintf("%#v", expected); a != e {
		t.Fatalf("%s: expected %s, got %s", what, e, a)
	}
}

func contains(texts []string, text string) bool {
	for _, one := range texts {
		if one == text {
			return true
		}
	}
	return false
}

// pipelines calls the Pipelines dialect of the same server, which is where an embedded cluster's connectors come from.
func pipelines(t *testing.T, url, secret, method, path string, body interface{}) map[string]interface{} {
	t.Helper()
	payload, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url+"/v0/pipelines"+path, bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if secret != "" {
		request.Header.Set("Authorization", "Bearer "+secret)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s %v", method, path, reply.Status, text, err)
	}
	told := map[string]interface{}{}
	if len(text) > 0 && text[0] == '{' {
		if err := json.Unmarshal(text, &told); err != nil {
			t.Fatal(err)
		}
	}
	return told
}
