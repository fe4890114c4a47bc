// A command line runs a subcommand of a subcommand.
package main

import (
	"github.com/spf13/cobra"

	"coredumpy/real/stop"
)

func main() {
	root := &cobra.Command{Use: "shop"}
	orders := &cobra.Command{Use: "orders"}
	var limit int
	list := &cobra.Command{
		Use: "list", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for i, arg := range args {
				if len(arg) > limit+i {
					stop.At(1)
				}
			}
			return nil
		},
	}
	list.Flags().IntVarP(&limit, "limit", "l", 10, "how many")
	root.AddCommand(orders)
	orders.AddCommand(list)
	root.SetArgs([]string{"orders", "list", "-l", "2", "new", "paid", "sent"})
	if err := root.Execute(); err != nil {
		panic(err)
	}
	stop.Never()
}
