"""The pages of the app: service (photos, checkpoints, caches) - theme - one module a tab."""
