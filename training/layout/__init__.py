"""The layout model: a vision-language model that is given a picture and texts and answers where they go."""
