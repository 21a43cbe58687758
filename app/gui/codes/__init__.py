"""QR codes that others show: read from pictures and from a camera."""
