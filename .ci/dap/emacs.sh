#!/usr/bin/env bash
# Opens a dump in Emacs with dap-mode, by the lines that coredumpy help dap shows: emacs.sh
#
# It needs emacs and dap-mode (Debian: emacs-nox, elpa-dap-mode). It looks for the frame, its
# variables, the value of an expression and a refused step, and says what is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin"
go build -o "$dir/bin/coredumpy" ./cmd/coredumpy
cp testdata/recorded/scopes.dump "$dir/x.dump"
go run ./cmd/coredumpy help dap |
	sed -n "/(require 'dap-mode)/,/^\$/p" |
	sed "s|/srv/shop/coredumpy_main.dump|$dir/x.dump|" >"$dir/help.el"
cat >"$dir/walk.el" <<'EL'
(package-initialize)
(load (expand-file-name "help.el"))
(setq dap-auto-show-output nil)

(defun wait-until (what holds)
  "Wait until HOLDS returns a value, and return it."
  (let ((tries 600) found)
    (while (and (> tries 0) (not (setq found (funcall holds))))
      (accept-process-output nil 0.1)
      (setq tries (1- tries)))
    (or found (error "no %s" what))))

(defvar stopped nil)
(add-hook 'dap-stopped-hook (lambda (session) (setq stopped session)))

(defun ask (command arguments)
  "Return the answer to a request."
  (let (answer)
    (dap--send-message (dap--make-request command arguments) (lambda (a) (setq answer a)) stopped)
    (wait-until command (lambda () answer))))

(dap-debug (cdr (assoc "dump" dap-debug-template-configurations)))
(wait-until "stop" (lambda () stopped))
(let* ((frame (wait-until "frame" (lambda () (dap--debug-session-active-frame stopped))))
       (id (gethash "id" frame)) found)
  (message "frame: %s, line %s" (gethash "name" frame) (gethash "line" frame))
  (dolist (scope (append (gethash "scopes" (gethash "body" (ask "scopes" (list :frameId id)))) nil))
    (unless (eq t (gethash "expensive" scope))
      (let ((body (gethash "body" (ask "variables" (list :variablesReference (gethash "variablesReference" scope))))))
        (dolist (v (append (gethash "variables" body) nil))
          (setq found t)
          (message "%s = %s" (gethash "name" v) (gethash "value" v))))))
  (unless found (error "no variable"))
  (let ((answer (ask "evaluate" (list :expression "1 + len(\"abc\")" :frameId id :context "repl"))))
    (unless (equal "4" (gethash "result" (gethash "body" answer))) (error "no value: %s" (gethash "message" answer))))
  (let ((answer (ask "next" (list :threadId (dap--debug-session-thread-id stopped)))))
    (unless (equal "this is a dump: it can't be stepped" (gethash "message" answer)) (error "a step isn't refused"))))
(message "ok")
EL
cd "$dir" && PATH=$dir/bin:$PATH HOME=$dir timeout 300 emacs --batch -l walk.el
