package dap

import (
	"fmt"
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// maxThreads bounds how many goroutines an editor lists: it freezes at some thousands.
const maxThreads = 1000

// maxName bounds the text of a name, in bytes.
const maxName = 1000

type thread struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type threadsBody struct {
	Threads []thread `json:"threads"`
}

// Threads are goroutines, and have their ids. JavaScript has no integers larger than this;
// a goroutine with such an id in a forged dump gets its index in the dump instead.
const firstPlace = 1 << 52

func (s *session) threadID(goroutine int64) int64 {
	if goroutine > 0 && goroutine < firstPlace {
		return goroutine
	}
	return firstPlace + int64(slices.Index(s.in.Goroutines(), goroutine))
}

// goroutineOf returns the goroutine of a thread.
func (s *session) goroutineOf(thread int64) (*dump.Goroutine, error) {
	id := thread
	if thread >= firstPlace {
		ids := s.in.Goroutines()
		if thread -= firstPlace; thread >= int64(len(ids)) {
			return nil, fmt.Errorf("there is no thread %d", id)
		}
		id = ids[thread]
	}
	return s.goroutine(id)
}

// threadList is the request threads: the goroutine that the dump is about, and one for
// each group of similar ones.
func (s *session) threadList(none) (any, error) {
	if s.threads != nil {
		return threadsBody{s.threads}, nil
	}
	selection := s.in.Selection()
	if s.crashed != noGoroutine {
		if _, err := s.goroutine(s.crashed); err != nil {
			return nil, err
		}
	}
	all := func(*dump.Goroutine) bool { return true }
	groups, _, failed := s.in.Groups(all, s.queue.stopped)
	s.in.Select(selection)
	if s.queue.stopped() {
		return nil, errCancelled
	}
	s.threads = []thread{}
	for _, gr := range groups[:min(len(groups), maxThreads)] {
		if t, err := s.thread(gr); err == nil {
			s.threads = append(s.threads, t)
		}
	}
	if more := len(groups) - maxThreads; more > 0 {
		s.tell("important", fmt.Sprintf("%d other stacks aren't listed: "+
			"type goroutines to see them, and goroutine N to select one\n", more))
	}
	if failed != nil {
		s.tell("important", withoutLinks(printable.Line(failed.Error()))+"\n")
	}
	return threadsBody{s.threads}, nil
}

// thread returns the goroutine that stands for a group.
func (s *session) thread(gr *inspector.Group) (t thread, err error) {
	id := gr.IDs[0]
	if gr.Current {
		id = s.crashed
	}
	g, err := s.in.Goroutine(id)
	if err != nil {
		return t, err
	}
	name := fmt.Sprintf("goroutine %d [%s", id, g.Status)
	if wait := printable.Waits(g.Waiting(), g.Waiting()); wait != "" {
		name += ", " + wait
	}
	name += "]"
	if len(g.Frames) > 0 {
		name += " " + g.Frames[s.in.UserFrame(g)].Func
	}
	if more := len(gr.IDs) - 1; more > 0 {
		name += fmt.Sprintf(" and %d more with this stack", more)
	}
	return thread{s.threadID(id), shortName(name)}, nil
}

// shortName returns a name that fits on a line.
func shortName(name string) string { return printable.Line(cut(name, maxName)) }

type stackTraceArguments struct {
	ThreadID   int64 `json:"threadId"`
	StartFrame int   `json:"startFrame"`
	Levels     int   `json:"levels"`
}

type stackTraceBody struct {
	StackFrames []stackFrame `json:"stackFrames"`
	TotalFrames int          `json:"totalFrames"`
}

type stackFrame struct {
	ID          int     `json:"id"`
	Name        string  `json:"name"`
	Source      *source `json:"source,omitempty"`
	Line        int     `json:"line"`
	Column      int     `json:"column"`
	Instruction string  `json:"instructionPointerReference,omitempty"`
	ModuleID    string  `json:"moduleId,omitempty"`
	Hint        string  `json:"presentationHint,omitempty"`
}

// maxFrames bounds how many frames are in a response. A client asks for the rest.
const maxFrames = 1000

// stackTrace is the request: the goroutine's frames, then labels that say what is missing
// and where the goroutine was created.
func (s *session) stackTrace(args stackTraceArguments) (any, error) {
	if args.StartFrame < 0 || args.Levels < 0 {
		return nil, fmt.Errorf("stackTrace: startFrame %d and levels %d must be 0 or more",
			args.StartFrame, args.Levels)
	}
	g, err := s.goroutineOf(args.ThreadID)
	if err != nil {
		return nil, fmt.Errorf("stackTrace: %w", err)
	}
	labels := s.labels(g)
	body := stackTraceBody{StackFrames: []stackFrame{}, TotalFrames: len(g.Frames) + len(labels)}
	levels := maxFrames
	if args.Levels > 0 {
		levels = min(levels, args.Levels)
	}
	mine := slices.ContainsFunc(g.Frames, func(f dump.Frame) bool { return s.in.Mine(&f) })
	for n := min(args.StartFrame, body.TotalFrames); n < body.TotalFrames && len(body.StackFrames) < levels; n++ {
		id := s.frames.id(frameRef{g.ID, n})
		if n >= len(g.Frames) {
			f := labels[n-len(g.Frames)]
			f.ID = id
			body.StackFrames = append(body.StackFrames, f)
			continue
		}
		body.StackFrames = append(body.StackFrames, s.stackFrame(id, &g.Frames[n], mine))
	}
	return body, nil
}

// stackFrame describes a frame. mine says that the stack has frames of the program's own.
func (s *session) stackFrame(id int, f *dump.Frame, mine bool) stackFrame {
	frame := s.at(f.Place)
	frame.ID, frame.Name, frame.ModuleID = id, shortName(f.Func), shortName(s.in.Module(f))
	if f.PC != 0 {
		frame.Instruction = fmt.Sprintf("%#x", f.PC)
	}
	if !s.in.Mine(f) {
		frame.Hint = "subtle"
		if mine && frame.Source != nil {
			frame.Source.Hint = deemphasize // the editor first shows a frame without this
		}
	}
	return frame
}

// at returns a frame for a place in the source.
func (s *session) at(p dump.Place) stackFrame {
	src := s.sourceOf(p.File)
	if src == nil || p.Line <= 0 {
		return stackFrame{Source: src} // this tells clients that there is no line
	}
	f := stackFrame{Source: src, Line: p.Line, Column: 1}
	if !s.client.LinesStartAt1 {
		f.Line--
	}
	if !s.client.ColumnsStartAt1 {
		f.Column--
	}
	return f
}

// labels are the lines below a stack.
func (s *session) labels(g *dump.Goroutine) (labels []stackFrame) {
	if len(g.Note) > 0 {
		labels = append(labels, stackFrame{Name: "(" + shortName(g.Note.String()) + ")", Hint: "label"})
	}
	if g.More > 0 {
		name := fmt.Sprintf("(%d more frames are not in the dump)", g.More)
		labels = append(labels, stackFrame{Name: name, Hint: "label"})
	}
	if by := g.CreatedBy; by != nil && by.Func != "" {
		name := "created by " + by.Func
		if g.Parent != 0 {
			name += fmt.Sprintf(" in goroutine %d", g.Parent)
		}
		f := s.at(*by)
		f.Name, f.Hint = shortName(name), "label"
		labels = append(labels, f)
	}
	return labels
}

// frameRef is a frame of a goroutine, or a label below its stack.
type frameRef struct {
	goroutine int64
	frame     int
}

// frames gives frames their ids, which count from 1.
type frames struct {
	all []frameRef
	ids map[frameRef]int
}

func (f *frames) id(ref frameRef) int {
	if id, ok := f.ids[ref]; ok {
		return id
	}
	if f.ids == nil {
		f.ids = map[frameRef]int{}
	}
	f.all = append(f.all, ref)
	f.ids[ref] = len(f.all)
	return len(f.all)
}

// frame selects a frame, and returns it; nil if it is a label.
func (s *session) frame(id int) (*dump.Frame, error) {
	if id < 1 || id > len(s.frames.all) {
		return nil, fmt.Errorf("there is no frame with id %d: ids come from stackTrace", id)
	}
	ref := s.frames.all[id-1]
	g, err := s.goroutine(ref.goroutine)
	if err != nil || ref.frame >= len(g.Frames) {
		return nil, err
	}
	if err := s.in.SelectFrame(ref.frame); err != nil {
		return nil, err
	}
	f, _, err := s.in.Frame()
	return f, err
}
