"""Which version of a model serves: the gate, the record of every promotion and rollback, the model's card."""
