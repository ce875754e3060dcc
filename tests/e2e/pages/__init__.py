"""Scenes in which axe-core is asked of what no address alone shows: after acts, and what opens on pages."""

from tests.e2e.pages import account_scenes, candidate_scenes, office_scenes, staff_scenes
from tests.e2e.pages.stage import SCENES, Scene, Stage

__all__ = ["SCENES", "Scene", "Stage", "account_scenes", "candidate_scenes", "office_scenes", "staff_scenes"]
