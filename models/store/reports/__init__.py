"""Reports are filed, once each; what was told of before is found."""
