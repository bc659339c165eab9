// The regular Temporal server and the tool for its SQL schema in one binary. The development server keeps to
// SQLite; this one runs on PostgreSQL, as in production. Its go.mod has the versions of that of the development
// server, so that the two share most of what is compiled.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // Schedules name time zones, which a small machine may not have.

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"go.temporal.io/server/tools/sql"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "schema":
		return sql.RunTool(args)
	case len(args) == 2 && args[0] == "serve":
		return serve(args[1])
	default:
		return fmt.Errorf("usage: serve FOLDER | schema ...")
	}
}

// serve runs all services in this process by the file local.yaml of a folder, until SIGTERM. They know each
// other's addresses from there: a ring of one process needs no gossip, nor ports for it.
func serve(folder string) error {
	settings, err := config.LoadConfig("local", folder, "")
	if err != nil {
		return err
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, service := range settings.Services {
		address := fmt.Sprintf("%s:%d", service.RPC.BindOnIP, service.RPC.GRPCPort)
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(address)
	}
	server, err := temporal.NewServer(
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithConfig(settings),
		temporal.WithStaticHosts(hosts),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.InterruptOn(temporal.InterruptCh()),
	)
	if err != nil {
		return err
	}
	return server.Start()
}
