package peer

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	connect "github.com/confluentinc/ccloud-sdk-go-v2/connect/v1"
)

// TestConnectorOnAKafkaConnectCluster takes one connector through its life; each step goes on where the one before has left it.
func TestConnectorOnAKafkaConnectCluster(t *testing.T) {
	if os.Getenv("HEADGATE_CONNECT") == "" {
		t.Skip("there is no Kafka Connect cluster: HEADGATE_CONNECT is not set")
	}
	p := newPeer(t, given(t, "HEADGATE_OPEN_URL"), "sdk", "kafka")
	name := fmt.Sprintf("go-client-%d", time.Now().UnixNano())
	config := map[string]string{
		"name": name, "connector.class": "FileStreamSink", "topics": name, "tasks.max": "1",
		"file":            filepath.Join(t.TempDir(), "lines.txt"),
		"value.converter": "org.apache.kafka.connect.storage.StringConverter",
		"kafka.api.key":   "KEY", "kafka.api.secret": "the-secret-of-a-cloud-key",
	}
	create := func() (connect.ConnectV1ConnectorWithOffsets, *http.Response, error) {
		return p.ConnectorsConnectV1Api.CreateConnectv1Connector(p.ctx, p.env, p.cluster).
			InlineObject(connect.InlineObject{Name: &name, Config: &config}).Execute()
	}
	remove := func() (connect.InlineResponse200, *http.Response, error) {
		return p.ConnectorsConnectV1Api.DeleteConnectv1Connector(p.ctx, name, p.env, p.cluster).Execute()
	}
	t.Cleanup(func() {
		if t.Failed() {
			_, _, _ = remove()
		}
	})

	validation, reply, err := p.ManagedConnectorPluginsConnectV1Api.
		ValidateConnectv1ConnectorPlugin(p.ctx, "FileStreamSink", p.env, p.cluster).RequestBody(config).Execute()
	expect(t, "the validation", reply, err, 200)
	equal(t, "errors", validation.GetErrorCount(), int32(0))

	created, reply, err := create()
	expect(t, "the creation", reply, err, 201)
	equal(t, "name and type", []string{created.Name, created.GetType()}, []string{name, "sink"})
	listed := p.expanded(t)[name]
	if listed.Id == nil || !strings.HasPrefix(listed.Id.GetId(), "lcc-") {
		t.Fatalf("a new connector is not in the expanded list: %+v", listed)
	}
	running := p.becomes(t, name, "RUNNING", "PROVISIONING")
	equal(t, "its task", []string{running.GetTasks()[0].State, running.GetTasks()[0].WorkerId}, []string{"RUNNING", name})
	_, reply, err = create()
	says(t, "a second creation", reply, err, 409, "already")

	config["consumer.override.max.poll.records"] = "7"
	changed, reply, err := p.ConnectorsConnectV1Api.CreateOrUpdateConnectv1ConnectorConfig(p.ctx, name, p.env, p.cluster).RequestBody(config).Execute()
	expect(t, "the change", reply, err, 200)
	equal(t, "what was changed", changed.Config["consumer.override.max.poll.records"], "7")
	equal(t, "a secret", changed.Config["kafka.api.secret"], "****************")
	p.becomes(t, name, "RUNNING", "PROVISIONING", "DEGRADED")
	broken := map[string]string{"name": name, "connector.class": "FileStreamSink", "tasks.max": "many"}
	_, reply, err = p.ConnectorsConnectV1Api.CreateOrUpdateConnectv1ConnectorConfig(p.ctx, name, p.env, p.cluster).RequestBody(broken).Execute()
	if message := refused(t, "a change for the worse", reply, err, 400); !strings.Contains(message, "tasks.max") {
		t.Fatalf("the message does not name the field: %s", message)
	}

	p.pause(t, name)
	paused := p.becomes(t, name, "PAUSED", "RUNNING")
	equal(t, "its task", paused.GetTasks()[0].State, "STOPPED")
	p.resume(t, name)
	p.becomes(t, name, "RUNNING", "PAUSED")

	// The published client has no restart; its callers send it themselves.
	restart := fmt.Sprintf("%s/connect/v1/environments/%s/clusters/%s/connectors/%s/restart", given(t, "HEADGATE_OPEN_URL"), p.env, p.cluster, name)
	request, err := http.NewRequestWithContext(p.ctx, http.MethodPost, restart, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err = p.GetConfig().HTTPClient.Do(request)
	expect(t, "the restart", reply, err, 202)
	reply.Body.Close()
	p.becomes(t, name, "RUNNING", "PROVISIONING", "DEGRADED")

	_, reply, err = p.offsetsRequest(name)
	refused(t, "the status of no offsets request", reply, err, 404)
	place := []map[string]interface{}{{
		"partition": map[string]interface{}{"kafka_topic": name, "kafka_partition": 0},
		"offset":    map[string]interface{}{"kafka_offset": 0},
	}}
	p.alter(t, name, connect.PATCH, &place)
	p.becomes(t, name, "RUNNING", "PAUSED", "PROVISIONING")
	told, reply, err := p.OffsetsConnectV1Api.GetConnectv1ConnectorOffsets(p.ctx, name, p.env, p.cluster).Execute()
	expect(t, "the offsets", reply, err, 200)
	equal(t, "how many offsets", len(told.GetOffsets()), 1)
	equal(t, "whose they are", told.GetId(), listed.Id.GetId())
	p.alter(t, name, connect.DELETE, nil)

	deleted, reply, err := remove()
	expect(t, "the deletion", reply, err, 200)
	if deleted.Error != nil {
		t.Fatalf("the deletion has an error: %v", deleted.Error)
	}
	_, reply, err = p.ConnectorsConnectV1Api.ReadConnectv1Connector(p.ctx, name, p.env, p.cluster).Execute()
	refused(t, "the connector that was deleted", reply, err, 404)
	if _, there := p.expanded(t)[name]; there {
		t.Fatal("the deleted connector is still listed")
	}
}
