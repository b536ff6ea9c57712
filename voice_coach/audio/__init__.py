"""Sound in and out, in blocks of samples."""
