"""Fine-tuning, whatever the model: recipe, job, pre-flight, loop. A model's own folder says what differs."""
