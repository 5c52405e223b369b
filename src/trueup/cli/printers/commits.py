"""The words of a commit that takes others back."""

from __future__ import annotations

from trueup.fetch.git import Reversal, TakenBack


def revert_message(reversal: Reversal, delivery: str, good: str) -> str:
    """As ``git revert`` writes it for one commit; more commits are listed, newest first.

    ``delivery`` is what is rolled back to the commit ``good``.
    """
    commits = reversal.commits
    if len(commits) == 1:
        title = f'Revert "{commits[0].subject}"'
    else:
        title = f"Roll {delivery} back to {good[:12]}"
    body = [_reverts(each, named=len(commits) > 1) for each in commits]
    if not commits:
        body.append(f"This restores its files as they were in commit {good}.")
    elif reversal.is_partial:
        body.append(f"Only the files of {delivery} are taken back; the others stay.")
    return "\n\n".join([title, *body]) + "\n"


def _reverts(commit: TakenBack, *, named: bool) -> str:
    name = f'{commit.id} ("{commit.subject}")' if named else commit.id
    if commit.merged_into:
        return f"This reverts commit {name}, reversing\nchanges made to {commit.merged_into}."
    return f"This reverts commit {name}."
