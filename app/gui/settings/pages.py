"""Which pages the settings have here: what does not exist is not shown."""

from pathlib import Path

from app.gui.desktop import autostart
from app.gui.preferences import Preferences
from app.gui.profile import Profile
from app.gui.settings.about_page import AboutPage
from app.gui.settings.access_page import AccessPage
from app.gui.settings.appearance_page import AppearancePage
from app.gui.settings.connections_page import ConnectionsPage
from app.gui.settings.network_page import NetworkPage
from app.gui.settings.notifications_page import NotificationsPage
from app.gui.settings.page import SettingsPage
from app.gui.settings.privacy_page import PrivacyPage
from app.gui.settings.profile_page import ProfilePage
from app.gui.settings.servers_page import ServersPage
from app.gui.settings.storage_page import StoragePage
from app.gui.tasks import TaskOwner
from app.gui.theme.theme import Theme


def settings_pages(
    profile: Profile,
    preferences: Preferences,
    tasks: TaskOwner,
    theme: Theme,
    *,
    folder: Path | None,
    has_tray: bool,
) -> list[SettingsPage]:
    """In the order in which they are listed; without a ``folder`` there is nothing to say about storage."""
    command = autostart.start_command(folder)
    pages: list[SettingsPage] = [
        ProfilePage(profile, tasks),
        AccessPage(profile, tasks, theme),
        PrivacyPage(preferences, theme),
        ConnectionsPage(preferences, theme),
        ServersPage(preferences, tasks),
        NotificationsPage(preferences, theme, autostart.of_this_system(), command, has_tray=has_tray),
        AppearancePage(preferences),
        NetworkPage(profile, tasks, theme),
    ]
    if folder is not None:
        pages.append(StoragePage(profile.bridge, tasks, folder))
    return [*pages, AboutPage()]
