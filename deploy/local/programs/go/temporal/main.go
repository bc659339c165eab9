// Temporal of the local stack, made from its library: the server, its tool for SQL schemas and the server of its Web
// UI in one program, which is the one that it is called by. Each takes the flags of the official release's program
// of that name, as far as they are used here, so that one can be had in place of the other.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	_ "time/tzdata" // Schedules name time zones, which a small machine may not have.

	"github.com/temporalio/ui-server/v2/plugins/fs_config_provider"
	ui "github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/common/membership/static"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"go.temporal.io/server/tools/sql"
)

func main() {
	programs := map[string]func([]string) error{
		"temporal-server":    serve,
		"temporal-ui-server": serveUI,
		"temporal-sql-tool":  sql.RunTool,
	}
	name := filepath.Base(os.Args[0])
	program, known := programs[name]
	if !known {
		fmt.Fprintf(os.Stderr, "called as %q, which is no part of this program\n", name)
		os.Exit(2)
	}
	if err := program(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve runs all services in this process by a settings file, until SIGTERM. They know each other's addresses from
// there: a ring of one process needs no gossip.
func serve(args []string) error {
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	file := flags.String("config-file", "", "path of the settings file")
	version := flags.Bool("version", false, "print the version")
	flags.Bool("allow-no-auth", false, "without it the official server warns that everybody may do everything")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *version {
		fmt.Println("temporal version", headers.ServerVersion)
		return nil
	}
	if err := requireStart(flags); err != nil {
		return err
	}
	settings, err := config.Load(config.WithConfigFile(*file))
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

// serveUI serves the Web UI by the settings file ENV.yaml of a folder, until SIGTERM.
func serveUI(args []string) error {
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	root := flags.String("root", ".", "what the folder is below")
	folder := flags.String("config", "config", "folder of the settings file")
	env := flags.String("env", "development", "name of the settings file")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if err := requireStart(flags); err != nil {
		return err
	}
	settings := fs_config_provider.NewFSConfigProvider(filepath.Join(*root, *folder), *env)
	server := ui.NewServer(server_options.WithConfigProvider(settings))
	defer server.Stop()
	return server.Start()
}

func requireStart(flags *flag.FlagSet) error {
	if flags.NArg() == 1 && flags.Arg(0) == "start" {
		return nil
	}
	return fmt.Errorf("usage: %s [flags] start", flags.Name())
}
