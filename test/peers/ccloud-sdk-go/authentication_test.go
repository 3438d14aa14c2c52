package peer

import (
	"context"
	"net/http"
	"strings"
	"testing"

	connect "github.com/confluentinc/ccloud-sdk-go-v2/connect/v1"
)

// signedIn is the same client with a key, as "API key" and "API secret".
func (p peer) signedIn(name, secret string) peer {
	p.ctx = context.WithValue(p.ctx, connect.ContextBasicAuth, connect.BasicAuth{UserName: name, Password: secret})
	return p
}

func TestKeys(t *testing.T) {
	url, writer, reader := given(t, "HEADGATE_KEYED_URL"), given(t, "HEADGATE_WRITE_KEY"), given(t, "HEADGATE_READ_KEY")
	startPipeline(t, url, writer, "keyed")
	p := newPeer(t, url, "default", "keyed")

	t.Run("nobody is let in without one", func(t *testing.T) {
		_, reply, err := p.list()
		refused(t, "a list without a key", reply, err, 401)
		if !strings.HasPrefix(reply.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Fatalf("WWW-Authenticate is %q", reply.Header.Get("WWW-Authenticate"))
		}
	})

	t.Run("nobody is let in with a wrong one", func(t *testing.T) {
		for _, one := range []peer{p.signedIn("writer", "wrong"), p.signedIn("nobody", writer)} {
			_, reply, err := one.list()
			refused(t, "a list with a wrong key", reply, err, 401)
			_, reply, err = one.StatusConnectV1Api.ReadConnectv1ConnectorStatus(one.ctx, source, one.env, one.cluster).Execute()
			refused(t, "a status with a wrong key", reply, err, 401)
		}
	})

	t.Run("let their holders in, as user and password", func(t *testing.T) {
		holder := p.signedIn("writer", writer)
		holder.becomes(t, source, "RUNNING", "PROVISIONING")
		holder.pause(t, source)
		holder.becomes(t, source, "PAUSED", "RUNNING")
	})

	t.Run("that may only read change nothing", func(t *testing.T) {
		holder := p.signedIn("reader", reader)
		holder.becomes(t, source, "PAUSED")
		reply, err := holder.LifecycleConnectV1Api.ResumeConnectv1Connector(holder.ctx, source, holder.env, holder.cluster).Execute()
		says(t, "a resume", reply, err, http.StatusForbidden, "Forbidden")
		_, reply, err = holder.OffsetsConnectV1Api.AlterConnectv1ConnectorOffsetsRequest(holder.ctx, sink, holder.env, holder.cluster).
			ConnectV1AlterOffsetRequest(connect.ConnectV1AlterOffsetRequest{Type: connect.DELETE}).Execute()
		refused(t, "an offsets request", reply, err, http.StatusForbidden)
		holder.becomes(t, source, "PAUSED")
	})

	t.Run("let their holders in as a bearer", func(t *testing.T) {
		bearer := p
		bearer.ctx = context.WithValue(p.ctx, connect.ContextAccessToken, writer)
		bearer.resume(t, source)
		bearer.becomes(t, source, "RUNNING", "PAUSED")
	})
}
