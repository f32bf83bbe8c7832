"""Our Airflow dialect: assets from the catalog, the step decorator, the Coverloop pages."""
