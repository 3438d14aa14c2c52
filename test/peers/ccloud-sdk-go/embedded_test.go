package peer

import (
	"regexp"
	"sort"
	"strings"
	"testing"

	connect "github.com/confluentinc/ccloud-sdk-go-v2/connect/v1"
)

const (
	program = `
CREATE TABLE numbers (num INT) WITH ('connectors' = '[{
  "name": "made", "transport": { "name": "datagen", "config": { "plan": [{ "rate": 50 }] } }
}]');
CREATE MATERIALIZED VIEW copies WITH ('connectors' = '[{
  "name": "out", "send_snapshot": true, "transport": { "name": "null_output" }
}]') AS SELECT * FROM numbers;`
	source = "numbers.made"
	sink   = "copies.out"
)

// startPipeline makes a pipeline whose connectors are a cluster of its name, and ends it with the test.
func startPipeline(t *testing.T, url, secret, name string) {
	t.Helper()
	pipelines(t, url, secret, "PUT", "/"+name, map[string]string{"name": name, "program_code": program})
	pipelines(t, url, secret, "POST", "/"+name+"/start", nil)
	t.Cleanup(func() { pipelines(t, url, secret, "POST", "/"+name+"/stop?force=true", nil) })
	within(t, "the pipeline runs", func() bool {
		return pipelines(t, url, secret, "GET", "/"+name, nil)["deployment_status"] == "Running"
	})
}

func TestConnectorsOfAPipeline(t *testing.T) {
	url := given(t, "HEADGATE_OPEN_URL")
	startPipeline(t, url, "", "go_client")
	p := newPeer(t, url, "default", "go_client")

	t.Run("are listed by name", func(t *testing.T) {
		names, reply, err := p.list()
		expect(t, "the list", reply, err, 200)
		sort.Strings(names)
		equal(t, "names", names, []string{sink, source})
	})

	t.Run("are listed with their ids, configurations and states", func(t *testing.T) {
		all := p.expanded(t)
		equal(t, "how many", len(all), 2)
		for name, kind := range map[string]string{source: "source", sink: "sink"} {
			one := all[name]
			if one.Id == nil || one.Info == nil || one.Status == nil {
				t.Fatalf("%s lacks an expansion: %+v", name, one)
			}
			if !regexp.MustCompile(`^lcc-[a-z0-9]+$`).MatchString(one.Id.GetId()) || one.Id.GetIdType() != "ID" {
				t.Fatalf("the id of %s is %q, of type %q", name, one.Id.GetId(), one.Id.GetIdType())
			}
			equal(t, "its name in info", one.Info.GetName(), name)
			equal(t, "its name in config", one.Info.GetConfig()["name"], name)
			equal(t, "its status", []string{one.Status.Name, one.Status.Type}, []string{name, kind})
		}
	})

	t.Run("are read, with one configuration everywhere", func(t *testing.T) {
		one, reply, err := p.ConnectorsConnectV1Api.ReadConnectv1Connector(p.ctx, source, p.env, p.cluster).Execute()
		expect(t, "the connector", reply, err, 200)
		equal(t, "name and type", []string{one.Name, one.GetType()}, []string{source, "source"})
		equal(t, "tasks", one.GetTasks(), []connect.ConnectV1ConnectorTasks{{Connector: source, Task: 0}})
		config, reply, err := p.ConnectorsConnectV1Api.GetConnectv1ConnectorConfig(p.ctx, source, p.env, p.cluster).Execute()
		expect(t, "the configuration", reply, err, 200)
		equal(t, "configuration", one.Config, config)
		equal(t, "class", config["connector.class"], "datagen")
		for _, key := range []string{"cloud.environment", "cloud.provider", "kafka.endpoint", "kafka.region"} {
			if _, there := config[key]; !there {
				t.Fatalf("%s, which the published schema requires, is not in %v", key, config)
			}
		}
	})

	t.Run("have a status in the published words", func(t *testing.T) {
		status := p.becomes(t, source, "RUNNING", "PROVISIONING")
		equal(t, "name, type and worker", []string{status.Name, status.Type, status.Connector.WorkerId}, []string{source, "source", source})
		if status.Connector.Trace == nil {
			t.Fatal("there is no trace, which is empty in health")
		}
		equal(t, "trace", *status.Connector.Trace, "")
		tasks := status.GetTasks()
		equal(t, "how many tasks", len(tasks), 1)
		equal(t, "its task", []string{tasks[0].State, tasks[0].WorkerId, tasks[0].GetMsg()}, []string{"RUNNING", source, ""})
	})

	t.Run("have one task", func(t *testing.T) {
		tasks, reply, err := p.StatusConnectV1Api.ListConnectv1ConnectorTasks(p.ctx, sink, p.env, p.cluster).Execute()
		expect(t, "the tasks", reply, err, 200)
		equal(t, "how many", len(tasks), 1)
		equal(t, "its id", tasks[0]["id"], map[string]interface{}{"connector": sink, "task": float64(0)})
	})

	t.Run("are of plugins whose configurations can be checked", func(t *testing.T) { checkPlugins(t, p) })

	t.Run("are paused and resumed without a third state", func(t *testing.T) {
		p.pause(t, source)
		paused := p.becomes(t, source, "PAUSED", "RUNNING")
		equal(t, "its task", paused.GetTasks()[0].State, "STOPPED")
		p.resume(t, source)
		p.becomes(t, source, "RUNNING", "PAUSED")
	})

	t.Run("tell how far they are, and begin again when a sink's offsets are deleted", func(t *testing.T) {
		within(t, "the source has offsets", func() bool {
			offsets, reply, err := p.OffsetsConnectV1Api.GetConnectv1ConnectorOffsets(p.ctx, source, p.env, p.cluster).Execute()
			expect(t, "the offsets", reply, err, 200)
			equal(t, "name and id", []string{offsets.GetName(), offsets.GetId()}, []string{source, p.expanded(t)[source].Id.GetId()})
			if offsets.Metadata == nil || offsets.Metadata.GetObservedAt().IsZero() {
				t.Fatal("it is not said when the offsets were seen")
			}
			return len(offsets.GetOffsets()) > 0
		})
		_, reply, err := p.offsetsRequest(sink)
		refused(t, "the status of no request", reply, err, 404)
		p.alter(t, sink, connect.DELETE, nil)
		p.becomes(t, sink, "RUNNING", "PROVISIONING", "PAUSED")
	})

	t.Run("are changed in the program, as their errors say", func(t *testing.T) {
		_, reply, err := p.ConnectorsConnectV1Api.DeleteConnectv1Connector(p.ctx, sink, p.env, p.cluster).Execute()
		says(t, "a deletion", reply, err, 400, "PATCH /v0/pipelines/go_client")
		name := "another"
		_, reply, err = p.ConnectorsConnectV1Api.CreateConnectv1Connector(p.ctx, p.env, p.cluster).
			InlineObject(connect.InlineObject{Name: &name, Config: &map[string]string{"name": name, "connector.class": "datagen"}}).Execute()
		says(t, "a creation", reply, err, 400, "PATCH /v0/pipelines/go_client")
		refusal, ok := err.(connect.GenericOpenAPIError).Model().(connect.InlineResponse400)
		if !ok || refusal.GetCode() != 400 || !strings.Contains(refusal.GetMessage(), "PATCH /v0/pipelines/go_client") {
			t.Fatalf("the client cannot show why nothing was created: %s", bodyOf(err))
		}
		reply, err = p.LifecycleConnectV1Api.PauseConnectv1Connector(p.ctx, sink, p.env, p.cluster).Execute()
		says(t, "the pause of a sink", reply, err, 400, "POST /v0/pipelines/go_client/pause")
	})

	t.Run("that are not there are not found, nor are their clusters and environments", func(t *testing.T) { checkNotFound(t, p, url) })
}

func checkPlugins(t *testing.T, p peer) {
	plugins, reply, err := p.ManagedConnectorPluginsConnectV1Api.ListConnectv1ConnectorPlugins(p.ctx, p.env, p.cluster).Execute()
	expect(t, "the plugins", reply, err, 200)
	kinds := map[string]string{}
	for _, plugin := range plugins {
		kinds[plugin.Class] = plugin.Type
	}
	equal(t, "types", []string{kinds["datagen"], kinds["null_output"]}, []string{"source", "sink"})
	validate := func(plugin string, config map[string]string) connect.InlineResponse2003 {
		result, reply, err := p.ManagedConnectorPluginsConnectV1Api.
			ValidateConnectv1ConnectorPlugin(p.ctx, plugin, p.env, p.cluster).RequestBody(config).Execute()
		expect(t, "the validation", reply, err, 200)
		return result
	}
	config, _, err := p.ConnectorsConnectV1Api.GetConnectv1ConnectorConfig(p.ctx, source, p.env, p.cluster).Execute()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "errors of a configuration in use", faults(validate("datagen", config)), []string{})
	bad := validate("datagen", map[string]string{"name": source, "connector.class": "datagen", "transport.config.plan": "no plan"})
	told := faults(bad)
	if bad.GetErrorCount() == 0 || !strings.Contains(strings.Join(told, "\n"), "transport.config.plan: ") {
		t.Fatalf("%d errors, which say %q", bad.GetErrorCount(), told)
	}
	_, reply, err = p.ManagedConnectorPluginsConnectV1Api.
		ValidateConnectv1ConnectorPlugin(p.ctx, "no-such-plugin", p.env, p.cluster).RequestBody(config).Execute()
	refused(t, "the validation of an unknown plugin", reply, err, 404)
}

// faults are the errors of a validation, each behind its field's name.
func faults(result connect.InlineResponse2003) []string {
	told := []string{}
	for _, field := range result.GetConfigs() {
		for _, message := range field.Value.GetErrors() {
			told = append(told, field.Value.GetName()+": "+message)
		}
	}
	return told
}

func checkNotFound(t *testing.T, p peer, url string) {
	_, reply, err := p.StatusConnectV1Api.ReadConnectv1ConnectorStatus(p.ctx, "no.such", p.env, p.cluster).Execute()
	if message := refused(t, "the status of an unknown connector", reply, err, 404); !strings.Contains(message, "no.such") {
		t.Fatalf("the message does not name what was not found: %s", message)
	}
	_, reply, err = p.ConnectorsConnectV1Api.ReadConnectv1Connector(p.ctx, "no such/one %", p.env, p.cluster).Execute()
	refused(t, "an unknown connector whose name has to be escaped", reply, err, 404)
	_, reply, err = p.ConnectorsConnectV1Api.DeleteConnectv1Connector(p.ctx, "no.such", p.env, p.cluster).Execute()
	refused(t, "the deletion of an unknown connector", reply, err, 404)
	for _, at := range [][]string{{"default", "no_such"}, {"no_such", "go_client"}} {
		_, reply, err = newPeer(t, url, at[0], at[1]).list()
		refused(t, "a list at "+strings.Join(at, "/"), reply, err, 404)
	}
}
