"""From findings to pages: notebooks, sentences, tables, charts, the batch."""
