"""The life of the demo site: cases of every procedure, driven through the engine in its
own time. ``plots/<process>.json`` says what happens; nothing here knows a procedure."""
