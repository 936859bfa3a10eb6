"""Work that waits for an accelerator, one script per item: the queue is at the top of ../README.md."""
