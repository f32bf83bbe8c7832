"""The one file of plugins/ that Airflow imports: it puts the Coverloop pages into its navigation."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

PATH = "coverloop"


class CoverloopPlugin(AirflowPlugin):
    """The pages at ``/coverloop``, behind Airflow's login, shown in a frame of Airflow's UI."""

    name = "coverloop"
    external_views: ClassVar = [
        {"name": "Coverloop", "href": f"{PATH}/", "destination": "nav", "url_route": PATH, "nav_top_level": True}
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """The app, built when asked for: scheduler and workers load plugins too and need no web pages."""
        from plugins.pages.app import create_app

        return [{"name": "Coverloop", "app": create_app(), "url_prefix": f"/{PATH}"}]
