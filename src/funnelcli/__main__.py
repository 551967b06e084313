"""`python -m funnelcli`."""

from funnelcli.main import run

run()
