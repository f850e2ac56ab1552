"""Runs a program at a terminal of its own and types into it.

Reads one JSON object from standard input: argv, cwd, env, steps (each [text to wait for, text to type]), timeout in seconds, and whether
standard output is shown at the terminal too (shown).
Writes one JSON object: screen (all that the terminal showed, echo included), stdout (which is a pipe unless it is shown), exitCode.
"""
import fcntl, json, os, pty, select, struct, subprocess, sys, termios, time

task = json.load(sys.stdin)
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))


def own_terminal():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


output = slave if task.get("shown") else subprocess.PIPE
child = subprocess.Popen(task["argv"], cwd=task["cwd"], env=task["env"], stdin=slave, stdout=output, stderr=slave, preexec_fn=own_terminal)
os.close(slave)
screen, stdout, seen, steps = b"", b"", 0, list(task["steps"])
open_ends = {master} if child.stdout is None else {master, child.stdout.fileno()}
deadline = time.monotonic() + task["timeout"]

while open_ends and time.monotonic() < deadline:
    for end in select.select(list(open_ends), [], [], 0.1)[0]:
        try:
            data = os.read(end, 65536)
        except OSError:  # Linux answers so once the other side is closed.
            data = b""
        if not data:
            open_ends.discard(end)
        elif end == master:
            screen += data
        else:
            stdout += data
    while steps and (at := screen.find(steps[0][0].encode(), seen)) >= 0:
        seen = at + len(steps[0][0].encode())
        # A person does not type in the same instant; the prompt switches echo off right after it is shown.
        time.sleep(0.1)
        os.write(master, steps.pop(0)[1].encode())

if child.poll() is None and time.monotonic() >= deadline:
    child.kill()
json.dump({"screen": screen.decode(errors="replace"), "stdout": stdout.decode(), "exitCode": child.wait(), "untyped": len(steps)}, sys.stdout)
