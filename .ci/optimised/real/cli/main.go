// Another command line, with flags and a hook before the action.
package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"coredumpy/real/stop"
)

func main() {
	cmd := &cli.Command{
		Name:  "tool",
		Flags: []cli.Flag{&cli.StringFlag{Name: "lang", Value: "en"}, &cli.IntFlag{Name: "n"}},
		Commands: []*cli.Command{{
			Name:  "greet",
			Flags: []cli.Flag{&cli.StringSliceFlag{Name: "to"}},
			Action: func(ctx context.Context, c *cli.Command) error {
				names := c.StringSlice("to")
				for i, name := range names {
					text := fmt.Sprintf("%s %s %d", c.String("lang"), name, c.Int("n"))
					if i > 0 {
						stop.At(len(text) / len(text))
					}
				}
				return nil
			},
		}},
	}
	args := []string{"tool", "--n", "3", "greet", "--to", "ann", "--to", "bob"}
	if err := cmd.Run(context.Background(), args); err != nil {
		panic(err)
	}
	stop.Never()
}
