"""Documents for a guidance's appendix: the search history, a run's page, the PRISMA 2020 flow."""
