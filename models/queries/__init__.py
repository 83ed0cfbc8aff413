"""Every read, by screen or report; returns frozen values."""
