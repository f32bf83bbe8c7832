"""From datasets to champion models: corpora, training, evaluation, promotion."""
