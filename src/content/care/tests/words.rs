//! The words themselves, so that a change to them is seen.

#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its snapshots so"
)]

use expect_test::expect;

use super::*;

/// The drafted words, whole, where nothing about them was changed.
#[test]
fn the_plain_emergency_reply_is_the_drafted_one() {
    let drafted = "Thank you for telling me. I’m a bot. No one else sees this chat, so please reach a person right now.\n\n\
        • Danger now: call 911\n• Call or text 988. Free, day and night.\n\
        • For parents: call or text +1 833-852-6262. Free, day and night.\n\n\
        While you reach out:\n• Put your baby in a safe place, like the crib.\n\
        • Move away from anything you could use to hurt yourself or someone else.\n\
        • Ask someone to come and stay with you. You can show them this message.\n\n\
        Can’t talk out loud? Text 988, or text HOME to 741741. Telling someone is the right thing to do.";
    let reply = care().emergency(voice(US, Language::En), &[], 0, true);
    assert_eq!(
        reply,
        format!("{drafted}\n\nI’ll hold my notes for three days. Tap /crisis any time.")
    );
    let drafted = "Gracias por decírmelo. Soy un bot. Nadie más ve este chat. Por favor, habla ya con una persona.\n\n\
        • Peligro ahora: llama al 911\n• Llama al 988 y oprime 2, o envía AYUDA al 988. Gratis, día y noche.\n\
        • Para mamás y papás: llama o envía un texto al +1 833-852-6262. Gratis, día y noche, en español.\n\n\
        Mientras pides ayuda:\n• Deja a tu bebé en un lugar seguro, como la cuna.\n\
        • Aléjate de todo lo que pueda servir para lastimarte o lastimar a alguien.\n\
        • Pide que alguien venga y se quede contigo. Puedes mostrarle este mensaje.\n\n\
        ¿No puedes hablar en voz alta? Envía AYUDA al 988 u HOLA al 741741. Decirlo fue lo correcto.";
    let reply = care().emergency(voice(US, Language::Es), &[], 0, true);
    assert_eq!(
        reply,
        format!("{drafted}\n\nDetendré mis notas por tres días. Toca /crisis cuando quieras.")
    );
}

fn all_that_is_said(country: &str, language: Language) -> String {
    let (care, voice) = (care(), voice(country, language));
    [
        care.emergency(voice, &[Insert::Baby, Insert::Psychosis], 0, true),
        care.emergency(
            voice,
            &[Insert::Medical, Insert::Violence, Insert::Other],
            1,
            false,
        ),
        care.concern(voice, 0),
        care.scary(voice, 0),
        care.loss(voice, 0, true),
    ]
    .join("\n\n---\n\n")
        + "\n"
}

#[test]
fn united_states_in_english() {
    expect![[r#"
        Thank you for telling me. I’m a bot. No one else sees this chat, so please reach a person right now.

        • Danger now: call 911
        • Call or text 988. Free, day and night.
        • For parents: call or text +1 833-852-6262. Free, day and night.

        While you reach out:
        • Put your baby in a safe place, like the crib.
        • Move away from anything you could use to hurt yourself or someone else.
        • Ask someone to come and stay with you. You can show them this message.

        Can’t talk out loud? Text 988, or text HOME to 741741. Telling someone is the right thing to do.

        If you might hurt your baby: lay your baby on their back in the crib, close the door, and step away. It’s OK if your baby cries for a few minutes while you call.

        Voices, visions, or sudden strange beliefs after a birth are a medical emergency. It is no one’s fault, and it can be treated. Call 911 or go to the nearest ER now. Please don’t stay alone, and don’t be alone with the baby.

        I’ll hold my notes for three days. Tap /crisis any time.

        ---

        Call 911 now. They will tell you what to do while help comes.

        I’m a bot. No one else sees this chat, so please reach a person right now.

        • Danger now: call 911
        • Call or text 988. Free, day and night.
        • For parents: call or text +1 833-852-6262. Free, day and night.

        While you reach out:
        • Ask someone to come and stay with you. You can show them this message.
        • If you have thought of hurting yourself: move away from anything you could use.

        Can’t talk out loud? Text 988, or text HOME to 741741. Telling someone is the right thing to do.

        If someone is hurting you, it is not your fault. Domestic Violence Hotline: +1 800-799-7233, or text START to 88788. Day and night. If they may check this phone, you can delete this chat in Telegram.

        If it is someone you love: stay with them if you are safe. Don’t leave them alone, and don’t leave them alone with the baby. Call 911, or call or text 988 for advice.

        Tap /crisis any time.

        ---

        That sounds heavy. I’m a bot, so I can’t give care, but you don’t have to carry this alone.

        If it feels like too much, or you think you might hurt yourself or your baby, call 911, or call or text 988.

        Talk to a trained counselor now. Call or text +1 833-852-6262. It’s free, day and night, and made for parents.

        You could also tell one person today: a partner, a friend, a nurse, or your doctor. “I’m not OK and I need help” is enough.

        ---

        Thank you for saying that. Many new parents get scary thoughts they do not want. Having a thought is not the same as wanting it. I’m a bot and I can’t tell what is going on, but a trained person can help you sort it out.

        Call 911 now, or call or text 988, if you feel you might act on it, if a voice or belief tells you to, or if the thoughts start to feel right or true. Put your baby in the crib and ask someone to stay with you.

        Talk to a trained counselor now. Call or text +1 833-852-6262. It’s free, day and night, and made for parents. They have heard this before.

        ---

        I am so sorry. I have stopped all notes. You don’t need to do anything.

        If you think you might hurt yourself, call 911, or call or text 988. If you want to talk, call or text +1 833-852-6262, day and night. You can erase your data with /delete.
    "#]].assert_eq(&all_that_is_said(US, Language::En));
}

#[test]
fn united_states_in_spanish() {
    expect![[r#"
        Gracias por decírmelo. Soy un bot. Nadie más ve este chat. Por favor, habla ya con una persona.

        • Peligro ahora: llama al 911
        • Llama al 988 y oprime 2, o envía AYUDA al 988. Gratis, día y noche.
        • Para mamás y papás: llama o envía un texto al +1 833-852-6262. Gratis, día y noche, en español.

        Mientras pides ayuda:
        • Deja a tu bebé en un lugar seguro, como la cuna.
        • Aléjate de todo lo que pueda servir para lastimarte o lastimar a alguien.
        • Pide que alguien venga y se quede contigo. Puedes mostrarle este mensaje.

        ¿No puedes hablar en voz alta? Envía AYUDA al 988 u HOLA al 741741. Decirlo fue lo correcto.

        Si sientes que podrías lastimar a tu bebé: acuéstalo boca arriba en la cuna, cierra la puerta y aléjate. Está bien que llore unos minutos mientras llamas.

        Oír voces, ver cosas o tener de pronto ideas muy raras después de un parto es una emergencia médica. No es culpa de nadie y tiene tratamiento. Llama al 911 o ve ahora a la sala de emergencias más cercana. No te quedes sin compañía, ni a solas con el bebé.

        Detendré mis notas por tres días. Toca /crisis cuando quieras.

        ---

        Llama al 911 ahora. Te dirán qué hacer mientras llega la ayuda.

        Soy un bot. Nadie más ve este chat. Por favor, habla ya con una persona.

        • Peligro ahora: llama al 911
        • Llama al 988 y oprime 2, o envía AYUDA al 988. Gratis, día y noche.
        • Para mamás y papás: llama o envía un texto al +1 833-852-6262. Gratis, día y noche, en español.

        Mientras pides ayuda:
        • Pide que alguien venga y se quede contigo. Puedes mostrarle este mensaje.
        • Si has pensado en lastimarte: aléjate de todo lo que pueda servir para eso.

        ¿No puedes hablar en voz alta? Envía AYUDA al 988 u HOLA al 741741. Decirlo fue lo correcto.

        Si alguien te lastima, no es tu culpa. Línea contra la Violencia Doméstica: +1 800-799-7233, día y noche. Si esa persona puede revisar este teléfono, puedes borrar este chat en Telegram.

        Si se trata de alguien a quien quieres: quédate con esa persona si estás a salvo. No la dejes sin compañía ni a solas con el bebé. Llama al 911, o llama al 988 y oprime 2 para pedir consejo.

        Toca /crisis cuando quieras.

        ---

        Eso suena muy pesado. Soy un bot y no puedo dar atención, pero no tienes que cargar con esto sin ayuda.

        Si sientes que es demasiado, o que podrías hacerte daño o hacerle daño a tu bebé, llama al 911, o llama al 988 y oprime 2.

        Habla ya con una persona capacitada. Llama o envía un texto al +1 833-852-6262. Es gratis, de día y de noche, en español, y es para mamás y papás.

        También puedes decírselo hoy a alguien: tu pareja, una amistad, tu enfermera o tu doctora. “No estoy bien y necesito ayuda” es suficiente.

        ---

        Gracias por decirlo. A muchas mamás y papás les llegan pensamientos que dan miedo y que no quieren tener. Tener un pensamiento no es lo mismo que quererlo. Soy un bot y no puedo saber qué pasa, pero una persona capacitada puede ayudarte a entenderlo.

        Llama al 911 ahora, o llama al 988 y oprime 2, si sientes que podrías hacerlo, si una voz o una idea te lo ordena, o si esos pensamientos empiezan a parecerte correctos o reales. Deja a tu bebé en la cuna y pide que alguien se quede contigo.

        Habla ya con una persona capacitada. Llama o envía un texto al +1 833-852-6262. Es gratis, de día y de noche, en español, y es para mamás y papás. Ya lo han oído antes.

        ---

        Lo siento muchísimo. Ya detuve todas las notas. No tienes que hacer nada.

        Si sientes que podrías hacerte daño, llama al 911, o llama al 988 y oprime 2. Si quieres hablar, llama o envía un texto al +1 833-852-6262, día y noche. Puedes borrar tus datos con /borrar.
    "#]].assert_eq(&all_that_is_said(US, Language::Es));
}

#[test]
fn united_kingdom_in_english() {
    expect![[r#"
        Thank you for telling me. I’m a bot. No one else sees this chat, so please reach a person right now.

        • Danger now: call 999
        • Call Samaritans on 116 123. Free, day and night.
        • In England, call 111 and choose the mental health option. Day and night.

        While you reach out:
        • Put your baby in a safe place, like the crib.
        • Move away from anything you could use to hurt yourself or someone else.
        • Ask someone to come and stay with you. You can show them this message.

        Can’t talk out loud? Look for a text or chat line at findahelpline.com, or show this message to someone near you. Telling someone is the right thing to do.

        If you might hurt your baby: lay your baby on their back in the crib, close the door, and step away. It’s OK if your baby cries for a few minutes while you call.

        Voices, visions, or sudden strange beliefs after a birth are a medical emergency. It is no one’s fault, and it can be treated. Call 999 or go to the nearest A&amp;E now. Please don’t stay alone, and don’t be alone with the baby.

        I’ll hold my notes for three days. Tap /crisis any time.

        ---

        Call 999 now. They will tell you what to do while help comes.

        I’m a bot. No one else sees this chat, so please reach a person right now.

        • Danger now: call 999
        • Call Samaritans on 116 123. Free, day and night.
        • In England, call 111 and choose the mental health option. Day and night.

        While you reach out:
        • Ask someone to come and stay with you. You can show them this message.
        • If you have thought of hurting yourself: move away from anything you could use.

        Can’t talk out loud? Look for a text or chat line at findahelpline.com, or show this message to someone near you. Telling someone is the right thing to do.

        If someone is hurting you, it is not your fault. In danger: call 999. If they may check this phone, you can delete this chat in Telegram.

        If it is someone you love: stay with them if you are safe. Don’t leave them alone, and don’t leave them alone with the baby. Call 999, or call Samaritans on 116 123 for advice.

        Tap /crisis any time.

        ---

        That sounds heavy. I’m a bot, so I can’t give care, but you don’t have to carry this alone.

        If it feels like too much, or you think you might hurt yourself or your baby, call 999, or call Samaritans on 116 123.

        Talk to a person now. Call Samaritans on 116 123. It’s free, day and night.

        You could also tell one person today: a partner, a friend, a nurse, or your doctor. “I’m not OK and I need help” is enough.

        ---

        Thank you for saying that. Many new parents get scary thoughts they do not want. Having a thought is not the same as wanting it. I’m a bot and I can’t tell what is going on, but a trained person can help you sort it out.

        Call 999 now, or call Samaritans on 116 123, if you feel you might act on it, if a voice or belief tells you to, or if the thoughts start to feel right or true. Put your baby in the crib and ask someone to stay with you.

        Talk to a person now. Call Samaritans on 116 123. It’s free, day and night. They have heard this before.

        ---

        I am so sorry. I have stopped all notes. You don’t need to do anything.

        If you think you might hurt yourself, call 999, or call Samaritans on 116 123. If you want to talk, call Samaritans on 116 123, free, day and night. You can erase your data with /delete.
    "#]].assert_eq(&all_that_is_said("gb", Language::En));
}

#[test]
fn mexico_in_spanish() {
    expect![[r#"
        Gracias por decírmelo. Soy un bot. Nadie más ve este chat. Por favor, habla ya con una persona.

        • Peligro ahora: llama al 911
        • Llama a la Línea de la Vida al 800 911 2000. Gratis, día y noche.

        Mientras pides ayuda:
        • Deja a tu bebé en un lugar seguro, como la cuna.
        • Aléjate de todo lo que pueda servir para lastimarte o lastimar a alguien.
        • Pide que alguien venga y se quede contigo. Puedes mostrarle este mensaje.

        ¿No puedes hablar en voz alta? Busca una línea por mensaje o chat en findahelpline.com, o muéstrale este mensaje a alguien cercano. Decirlo fue lo correcto.

        Si sientes que podrías lastimar a tu bebé: acuéstalo boca arriba en la cuna, cierra la puerta y aléjate. Está bien que llore unos minutos mientras llamas.

        Oír voces, ver cosas o tener de pronto ideas muy raras después de un parto es una emergencia médica. No es culpa de nadie y tiene tratamiento. Llama al 911 o ve ahora a la sala de urgencias más cercana. No te quedes sin compañía, ni a solas con el bebé.

        Detendré mis notas por tres días. Toca /crisis cuando quieras.

        ---

        Llama al 911 ahora. Te dirán qué hacer mientras llega la ayuda.

        Soy un bot. Nadie más ve este chat. Por favor, habla ya con una persona.

        • Peligro ahora: llama al 911
        • Llama a la Línea de la Vida al 800 911 2000. Gratis, día y noche.

        Mientras pides ayuda:
        • Pide que alguien venga y se quede contigo. Puedes mostrarle este mensaje.
        • Si has pensado en lastimarte: aléjate de todo lo que pueda servir para eso.

        ¿No puedes hablar en voz alta? Busca una línea por mensaje o chat en findahelpline.com, o muéstrale este mensaje a alguien cercano. Decirlo fue lo correcto.

        Si alguien te lastima, no es tu culpa. En peligro: llama al 911. Si esa persona puede revisar este teléfono, puedes borrar este chat en Telegram.

        Si se trata de alguien a quien quieres: quédate con esa persona si estás a salvo. No la dejes sin compañía ni a solas con el bebé. Llama al 911, o llama a la Línea de la Vida al 800 911 2000 para pedir consejo.

        Toca /crisis cuando quieras.

        ---

        Eso suena muy pesado. Soy un bot y no puedo dar atención, pero no tienes que cargar con esto sin ayuda.

        Si sientes que es demasiado, o que podrías hacerte daño o hacerle daño a tu bebé, llama al 911, o llama a la Línea de la Vida al 800 911 2000.

        Habla ya con una persona. Llama a la Línea de la Vida al 800 911 2000. Es gratis, de día y de noche.

        También puedes decírselo hoy a alguien: tu pareja, una amistad, tu enfermera o tu doctora. “No estoy bien y necesito ayuda” es suficiente.

        ---

        Gracias por decirlo. A muchas mamás y papás les llegan pensamientos que dan miedo y que no quieren tener. Tener un pensamiento no es lo mismo que quererlo. Soy un bot y no puedo saber qué pasa, pero una persona capacitada puede ayudarte a entenderlo.

        Llama al 911 ahora, o llama a la Línea de la Vida al 800 911 2000, si sientes que podrías hacerlo, si una voz o una idea te lo ordena, o si esos pensamientos empiezan a parecerte correctos o reales. Deja a tu bebé en la cuna y pide que alguien se quede contigo.

        Habla ya con una persona. Llama a la Línea de la Vida al 800 911 2000. Es gratis, de día y de noche. Ya lo han oído antes.

        ---

        Lo siento muchísimo. Ya detuve todas las notas. No tienes que hacer nada.

        Si sientes que podrías hacerte daño, llama al 911, o llama a la Línea de la Vida al 800 911 2000. Si quieres hablar, llama a la Línea de la Vida al 800 911 2000, gratis, día y noche. Puedes borrar tus datos con /borrar.
    "#]].assert_eq(&all_that_is_said("mx", Language::Es));
}
