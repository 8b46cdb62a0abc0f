"""安全事件。A leak, a tampering or a misuse is a case; alarms open one by themselves."""
