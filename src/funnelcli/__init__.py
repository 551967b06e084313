"""funnelcli: how every deal of a small sales team really stands."""

__version__ = "0.1.0"
