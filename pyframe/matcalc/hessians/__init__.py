"""Hessians that keep their structure: applied, solved and descended along, never made whole."""
