"""The cover agent: plan, frames, copy, layout, typography, render, reflect."""
