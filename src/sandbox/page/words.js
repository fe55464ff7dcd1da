// What the phone itself says, in the language it is set to. The bot's words come from the bot.

const WORDS = {
  en: {
    locale: "en-GB", start: "START", restart: "RESTART", menu: "Menu", message: "Message", edited: "edited",
    whatCan: "What can this bot do?", bot: "bot", blocked: "blocked", writing: "writing…", forwarded: "Forwarded message",
  },
  es: {
    locale: "es", start: "INICIAR", restart: "REINICIAR", menu: "Menú", message: "Mensaje", edited: "editado",
    whatCan: "¿Qué puede hacer este bot?", bot: "bot", blocked: "bloqueado", writing: "escribiendo…", forwarded: "Mensaje reenviado",
  },
};

/** The words for a language code such as `es-419`; English for what the phone does not speak. */
export function wordsFor(language) {
  return WORDS[language.slice(0, 2)] ?? WORDS.en;
}
