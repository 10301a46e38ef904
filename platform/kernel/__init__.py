"""Mechanisms without tables that every other room stands on."""
