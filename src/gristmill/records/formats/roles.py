"""The names that data sets give to the speakers of a conversation, in many languages."""

from __future__ import annotations

from gristmill.records.formats.format import UnreadableRowError

ROLES = ("system", "developer", "user", "assistant", "tool")

_SPELLINGS = {
    "system": """
        system system_prompt systemprompt sistema système systeme systém 系统 系統 시스템 システム система النظام
        hệ_thống
    """,
    "developer": "developer dev",
    "user": """
        user human prompter person customer client questioner usuario usuário utilisateur utente nutzer benutzer mensch
        humain humano gebruiker användare anvandare bruker bruger käyttäjä użytkownik uzytkownik uživatel пользователь
        человек користувач kullanıcı người_dùng pengguna 用户 用戶 使用者 人类 人類 问 ユーザー 人間 사용자 المستخدم
        مستخدم משתמש उपयोगकर्ता کاربر ผู้ใช้
    """,
    "assistant": """
        assistant gpt chatgpt gpt4 gpt-4 gpt-3.5 bing bard gemini claude model bot chatbot ai ai_assistant llm agent
        asistente assistente asistent assistent assistant_ia ia ki asystent avustaja помощник ассистент асистент asistan
        trợ_lý asisten 助手 助理 机器人 智能助手 答 アシスタント 어시스턴트 المساعد مساعد עוזר सहायक دستیار ผู้ช่วย
    """,
    "tool": "tool function observation tool_response tool_result function_response ipython environment",
}
_TABLE = {name.replace("_", " "): role for role, names in _SPELLINGS.items() for name in names.split()}


def spelled_role(name: str) -> str | None:
    """The role that a name of a speaker stands for, or None where it is not known."""
    if name in ROLES:
        return name
    return _TABLE.get(name.strip().rstrip(":").casefold().replace("_", " "))


def role_of(name: object, where: str) -> str:
    """The role that a name stands for; `where` begins the sentence of the error."""
    if not isinstance(name, str):
        raise UnreadableRowError(f"{where} has no name of a speaker: {_shown(name)}")
    role = spelled_role(name)
    if role is None:
        raise UnreadableRowError(f"{where} has the unknown role {_shown(name)}; a mapping can name it under `roles`")
    return role


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
