"""Workbooks and Word documents that a build makes beside the pages."""
