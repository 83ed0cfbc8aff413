"""What victims are told, stage by stage: by when, and that it was sent."""
