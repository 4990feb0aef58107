"""The words of a new site, in Italian. Written for readers at level A2; the law's words where the law asks."""

TAGLINE = "Corsi e persone che ti accompagnano"
HOME_DESCRIPTION = "Corsi gratuiti a distanza e in presenza nei comuni di Fasano, Ostuni e Cisternino."
HERO_TITLE = "Impara con i\u00a0tuoi\u00a0tempi. Noi\u00a0siamo con\u00a0te."
HERO_TEXT = (
    "Ponte è la scuola a distanza della rete di Fasano, Ostuni e Cisternino. "
    "Segui i corsi dal telefono, incontri il docente dal vivo e quello che impari resta scritto."
)
ACTION_LABEL = "Guarda i corsi"


def text(html: str) -> tuple[str, str]:
    return ("text", html)


def callout(title: str, html: str, level: str = "info") -> tuple[str, dict]:
    return ("callout", {"level": level, "title": title, "text": html})


def questions(title: str, *pairs: tuple[str, str]) -> tuple[str, dict]:
    return ("questions", {"title": title, "questions": [{"question": q, "answer": a} for q, a in pairs]})


HOME_BODY: list = [
    (
        "steps",
        {
            "title": "Come funziona",
            "steps": [
                {
                    "title": "Chiedi di partecipare",
                    "text": "Parlane con la tua assistente sociale o con il centro per l'impiego. Oppure scegli un corso e manda la richiesta.",
                    "icon": "users",
                },
                {
                    "title": "Segui le lezioni",
                    "text": "Leggi, ascolta e guarda dal telefono, quando puoi. Il sito ricorda dove sei arrivata o arrivato.",
                    "icon": "courses",
                },
                {
                    "title": "Entra in aula",
                    "text": "In alcuni giorni la lezione è dal vivo: ci sono il docente e i tuoi compagni. Puoi parlare, scrivere e alzare la mano.",
                    "icon": "video",
                },
                {
                    "title": "Ricevi l'attestato",
                    "text": "Le ore che fai e le cose che sai fare restano scritte. Sono tue: le porti con te.",
                    "icon": "award",
                },
            ],
        },
    ),
    (
        "cards",
        {
            "title": "Che cosa ti serve",
            "cards": [
                {
                    "title": "Un telefono basta",
                    "text": "Ponte usa pochi dati. Prima di ogni video vedi quanto pesa.",
                    "icon": "phone",
                    "page": None,
                    "address": "/come-funziona/",
                },
                {
                    "title": "Non hai un'e-mail?",
                    "text": "Entri lo stesso, con il codice della lettera che ti dà il tuo tutor.",
                    "icon": "user",
                    "page": None,
                    "address": "/aiuto/",
                },
                {
                    "title": "I tuoi dati sono protetti",
                    "text": "Vedi sempre chi ha guardato i tuoi dati, quando e perché.",
                    "icon": "shield",
                    "page": None,
                    "address": "/privacy/",
                },
            ],
        },
    ),
    (
        "network",
        {
            "title": "Chi c'è con te",
            "intro": "Enti diversi, una sola squadra. Lavorano insieme perché tu non debba ripetere la tua storia ogni volta.",
            "bodies": [
                {
                    "name": "Il consorzio dei servizi sociali",
                    "what": "Le assistenti sociali ti conoscono, ti ascoltano e ti propongono il corso adatto.",
                    "place": "Fasano, Ostuni, Cisternino",
                },
                {
                    "name": "Il centro per l'impiego",
                    "what": "Firma con te il patto di servizio e ti aiuta a cercare lavoro.",
                    "place": "Ostuni e Fasano",
                },
                {
                    "name": "L'agenzia per il lavoro",
                    "what": "Ti accompagna verso le aziende che cercano persone.",
                    "place": "",
                },
                {
                    "name": "L'ente di formazione",
                    "what": "Tiene i corsi: docenti e tutor rispondono alle tue domande.",
                    "place": "Aule a Fasano e Ostuni",
                },
            ],
        },
    ),
    ("news", {"title": "Notizie", "count": 2}),
]

COME_FUNZIONA: list = [
    text(
        "<p>Un corso di Ponte è fatto di <b>moduli</b>. Ogni modulo ha alcune <b>lezioni</b> e, alla fine, un <b>quiz</b>. "
        "Alcune lezioni sono dal vivo, in un'aula sul sito o in una vera aula.</p>"
    ),
    (
        "steps",
        {
            "title": "Dal primo giorno all'attestato",
            "steps": [
                {
                    "title": "L'iscrizione",
                    "text": "Ti iscrive chi ti segue, oppure mandi tu la richiesta dalla pagina del corso. Rispondiamo entro tre giorni di lavoro.",
                    "icon": "users",
                },
                {
                    "title": "La prima entrata",
                    "text": "Ricevi una lettera con un codice. Lo scrivi una volta sola e poi scegli come entrare: con il telefono o con una password.",
                    "icon": "user",
                },
                {
                    "title": "Le lezioni",
                    "text": "Nella tua pagina trovi una cosa sola da fare: la prossima. Quando hai finito premi «Ho finito».",
                    "icon": "courses",
                },
                {
                    "title": "L'aula dal vivo",
                    "text": "Premi «Entra in aula» e resti con gli altri. Il sito segna da solo quando entri e quando esci.",
                    "icon": "video",
                },
                {
                    "title": "La fine del corso",
                    "text": "Se hai fatto le ore che servono ricevi l'attestato. Le competenze arrivano anche al consorzio.",
                    "icon": "award",
                },
            ],
        },
    ),
    text(
        "<h2>Le ore</h2><p>Ogni corso ha un numero di ore. Nella pagina <b>Le tue ore</b> vedi quante ne hai fatte, "
        "quante ne mancano e quante bastano per l'attestato.</p>"
        "<p>Non puoi venire a una lezione? Premi <b>Non posso venire</b> e scrivi il motivo. "
        "È meglio dirlo prima che dopo.</p>"
        "<h2>Quanto costa</h2><p>Niente. I corsi sono gratuiti. Paghi solo i dati del tuo telefono: "
        "una lezione di testo ne usa pochissimi e prima di ogni video trovi scritto quanto pesa.</p>"
    ),
    callout(
        "Qualcosa non torna?",
        "<p>Se le ore che vedi non sono quelle che hai fatto, scrivi al tuo tutor dalla pagina della lezione. Si può sempre controllare.</p>",
    ),
]

CHI_SIAMO: list = [
    text(
        "<p>Ponte nasce da un accordo tra chi, in questo territorio, si occupa di persone: i servizi sociali, "
        "il lavoro e la scuola. L'accordo dice una cosa semplice: una persona che riceve un aiuto ha diritto anche a imparare, "
        "e chi l'accompagna deve parlarsi.</p>"
        "<h2>Che cosa facciamo</h2><ul><li>Teniamo corsi a distanza e in presenza.</li>"
        "<li>Seguiamo ogni persona con una squadra: assistente sociale, operatore del centro per l'impiego, tutor e docente.</li>"
        "<li>Scriviamo quello che una persona ha imparato, in un modo che altri possono controllare.</li></ul>"
        "<h2>Che cosa non facciamo</h2><ul><li>Non diamo voti alle persone e non facciamo classifiche.</li>"
        "<li>Non usiamo la telecamera per controllare se stai attenta o attento.</li>"
        "<li>Non diciamo ai docenti e ai compagni quale aiuto ricevi.</li></ul>"
    ),
    (
        "cards",
        {
            "title": "Per saperne di più",
            "cards": [
                {
                    "title": "I tuoi dati",
                    "text": "Che cosa sappiamo di te, perché e per quanto tempo.",
                    "icon": "shield",
                    "page": None,
                    "address": "/privacy/",
                },
                {
                    "title": "Come funziona",
                    "text": "Dall'iscrizione all'attestato, passo per passo.",
                    "icon": "courses",
                    "page": None,
                    "address": "/come-funziona/",
                },
            ],
        },
    ),
]

AIUTO: list = [
    questions(
        "Per entrare",
        (
            "Non ho un'e-mail. Posso entrare lo stesso?",
            "<p>Sì. Il tuo tutor o la tua assistente sociale ti danno una lettera con un codice. Lo scrivi nella pagina di accesso, oppure inquadri il disegno della lettera con il telefono.</p>",
        ),
        (
            "Ho perso la lettera",
            "<p>Chiedine un'altra a chi te l'ha data. Quella vecchia non vale più: nessuno può usarla al posto tuo.</p>",
        ),
        (
            "Ho dimenticato la password",
            "<p>Non serve ricordarla. Nella pagina di accesso scegli il codice per SMS: lo ricevi sul telefono e lo scrivi.</p>",
        ),
        (
            "Uso il telefono di un'altra persona",
            "<p>Quando hai finito premi <b>Esci</b>, in alto. Così nessuno vede le tue cose.</p>",
        ),
    ),
    questions(
        "Durante il corso",
        (
            "La connessione si è interrotta",
            "<p>Le tue risposte sono salvate. Aspetta un momento e riprova. In aula rientri con lo stesso pulsante: il tempo di prima resta contato.</p>",
        ),
        (
            "Leggo male le lettere piccole",
            "<p>In alto premi <b>Testo e lingua</b>: puoi ingrandire il testo e rendere più forti i colori. Vale per tutte le pagine.</p>",
        ),
        (
            "Non posso venire a una lezione",
            "<p>Vai in <b>Le tue ore</b>, apri la lezione e premi <b>Non posso venire</b>. Scrivi il motivo. Lo leggono solo le persone che ti seguono.</p>",
        ),
        (
            "Le mie ore sono sbagliate",
            "<p>Apri la lezione in <b>Le tue ore</b> e premi <b>Qualcosa non torna?</b>. Il tutor controlla e ti risponde.</p>",
        ),
    ),
    questions(
        "I miei dati",
        (
            "Chi vede quello che faccio?",
            "<p>Ogni persona vede solo quello che le serve. Nella pagina <b>Chi ha visto i miei dati</b> trovi nome, ruolo, giorno e motivo.</p>",
        ),
        (
            "I compagni sanno che ricevo un aiuto?",
            "<p>No. I compagni e il docente vedono il tuo nome e nient'altro.</p>",
        ),
    ),
    callout(
        "Non hai trovato la risposta?",
        "<p>Chiama o scrivi al tuo tutor: il nome e il numero sono nella tua pagina, in <b>Aiuto</b>. Di solito risponde nello stesso giorno.</p>",
    ),
]

PRIVACY: list = [
    callout(
        "In breve",
        "<p>Usiamo i tuoi dati per farti seguire il corso e per dimostrare le ore che hai fatto. Non li vendiamo. Non li usiamo per la pubblicità. Puoi sempre vedere chi li ha guardati.</p>",
    ),
    text(
        "<h2>Chi risponde dei tuoi dati</h2>"
        "<p>Rispondono insieme, come <b>contitolari</b> (articolo 26 del Regolamento europeo 2016/679, «GDPR»), gli enti della rete: "
        "il consorzio dei servizi sociali, il centro per l'impiego, l'agenzia per il lavoro e l'ente di formazione. "
        "Per qualsiasi domanda puoi scrivere a uno solo di loro: gli altri lo sapranno.</p>"
        "<h2>Quali dati</h2><ul>"
        "<li><b>Chi sei</b>: nome, cognome, data di nascita, codice fiscale, telefono, e-mail se ce l'hai.</li>"
        "<li><b>Il tuo percorso</b>: chi ti segue e il corso che hai scelto insieme a lui.</li>"
        "<li><b>Quello che fai</b>: lezioni aperte e finite, risposte ai quiz, entrate e uscite dall'aula, ore.</li>"
        "<li><b>Quello che sai fare</b>: le competenze che il docente ha riconosciuto.</li>"
        "<li><b>I motivi delle assenze</b>, se li scrivi. I documenti sulla salute li vede solo chi ti segue nei servizi sociali.</li></ul>"
        "<h2>Perché possiamo usarli</h2>"
        "<p>Perché svolgiamo un compito di interesse pubblico previsto dalla legge (articolo 6, paragrafo 1, lettere c ed e, del GDPR). "
        "Per i dati più delicati: articolo 9, paragrafo 2, lettera g, e articolo 2-sexies del Codice privacy. "
        "Il tuo consenso si chiede solo per ciò che puoi scegliere liberamente, e dire di no non cambia nulla nel corso.</p>"
        "<h2>Chi li vede</h2>"
        "<p>Ogni ruolo vede solo la sua parte. Il docente vede i nomi della sua classe e i risultati, non l'aiuto che ricevi. "
        "L'assistente sociale vede le ore e le assenze delle persone che segue. Il consorzio riceve le competenze e i totali. "
        "Un ispettore può controllare un registro, per un tempo limitato. Ogni lettura dei dati personali è scritta: "
        "la trovi in <b>Chi ha visto i miei dati</b>.</p>"
        "<h2>Per quanto tempo</h2>"
        "<p>Il registro delle ore si conserva 10 anni, come chiede chi finanzia i corsi. I documenti sulle assenze si cancellano "
        "12 mesi dopo la fine del percorso. Gli indirizzi tecnici di rete dopo 90 giorni.</p>"
        "<h2>Che cosa non facciamo</h2>"
        "<p>Nessuna decisione su di te è presa da una macchina. Non riconosciamo volti né emozioni. Non misuriamo l'attenzione. "
        "Non mandiamo i dati fuori dall'Unione europea.</p>"
        "<h2>Cookie</h2>"
        "<p>Usiamo solo cookie tecnici: uno per ricordare che sei entrata o entrato, uno per proteggere i moduli, "
        "due per la lingua e per la grandezza del testo. Non servono a seguirti e per questo non ti chiediamo di accettarli.</p>"
        "<h2>I tuoi diritti</h2>"
        "<p>Puoi chiedere di vedere i tuoi dati, di averne una copia, di correggerli, di cancellarli quando la legge lo permette, "
        "di opporti. Scrivi al tuo tutor o a uno degli enti. Se pensi che abbiamo sbagliato puoi rivolgerti al "
        '<a href="https://www.garanteprivacy.it/">Garante per la protezione dei dati personali</a>.</p>'
    ),
]

ACCESSIBILITA: list = [
    text(
        "<p>Gli enti della rete si impegnano a rendere questo sito accessibile, conformemente alla legge 9 gennaio 2004, n. 4. "
        "Questa dichiarazione di accessibilità si applica a tutte le pagine di questo sito.</p>"
        "<h2>Stato di conformità</h2>"
        "<p>Questo sito è <b>parzialmente conforme</b> ai requisiti previsti dall'appendice A della norma UNI CEI EN 301549, "
        "per i casi che trovi elencati qui sotto.</p>"
        "<h2>Contenuti non accessibili</h2>"
        "<p>I contenuti di seguito elencati non sono ancora accessibili:</p><ul>"
        "<li><b>Lezioni dal vivo</b>: i sottotitoli in diretta non ci sono sempre (criterio 1.2.4). Chi ne ha bisogno li chiede al tutor "
        "prima della lezione; il testo della chat resta leggibile.</li>"
        "<li><b>Documenti allegati da altri enti</b>: alcuni PDF possono non essere leggibili con uno screen reader. "
        "Su richiesta diamo lo stesso contenuto in un'altra forma.</li></ul>"
        "<h2>Redazione della dichiarazione</h2>"
        "<p>La dichiarazione è stata redatta il 20 novembre 2026. La valutazione è stata fatta direttamente da noi (autovalutazione), "
        "con controlli automatici su ogni tipo di pagina in italiano e in inglese, con la sola tastiera, senza script, "
        "con testo ingrandito al 200 per cento e con contrasto elevato.</p>"
        "<h2>Feedback e recapiti</h2>"
        "<p>Hai trovato una pagina che non riesci a usare? Scrivilo al tuo tutor o agli enti della rete, ai recapiti in fondo alla pagina. "
        "Dicci quale pagina era, che cosa volevi fare e quale strumento usi. Rispondiamo entro 30 giorni.</p>"
        "<h2>Procedura di attuazione</h2>"
        "<p>Se la risposta non arriva entro 30 giorni, o non ti basta, puoi rivolgerti al "
        '<a href="https://www.agid.gov.it/it/design-servizi/accessibilita/difensore-civico-digitale">Difensore civico per il digitale</a> '
        "presso l'Agenzia per l'Italia digitale.</p>"
        "<h2>Informazioni sul sito</h2><ul>"
        "<li>Data di pubblicazione del sito: novembre 2026.</li>"
        "<li>Sono stati effettuati test di usabilità: no, sono previsti con le prime classi.</li>"
        "<li>CMS utilizzato: Wagtail.</li></ul>"
    ),
    callout(
        "Che cosa puoi cambiare tu",
        "<p>In alto, in <b>Testo e lingua</b>, ingrandisci il testo, scegli un contrasto più forte o l'inglese. Il sito segue anche il tema scuro e il «movimento ridotto» del tuo telefono.</p>",
    ),
]

# slug, title, introduction, body, reviewed on
PAGES: list[tuple[str, str, str, list, str]] = [
    (
        "come-funziona",
        "Come funziona",
        "Dall'iscrizione all'attestato: che cosa succede, in che ordine, e chi ti aiuta.",
        COME_FUNZIONA,
        "",
    ),
    (
        "chi-siamo",
        "Chi siamo",
        "Una rete di enti che lavorano insieme nei comuni di Fasano, Ostuni e Cisternino.",
        CHI_SIAMO,
        "",
    ),
    ("aiuto", "Aiuto", "Le domande che ci fanno più spesso, con una risposta breve.", AIUTO, ""),
    (
        "privacy",
        "I tuoi dati",
        "Che cosa sappiamo di te, perché lo sappiamo, chi lo vede e per quanto tempo.",
        PRIVACY,
        "2026-11-20",
    ),
    (
        "accessibilita",
        "Dichiarazione di accessibilità",
        "Che cosa funziona per tutti, che cosa ancora no e a chi dirlo.",
        ACCESSIBILITA,
        "2026-11-20",
    ),
]

NEWS_INTRO = "Le novità dei corsi e della rete."
# slug, title, day, summary, body
NEWS: list[tuple[str, str, str, str, list]] = [
    (
        "aperte-le-iscrizioni-di-gennaio",
        "Aperte le iscrizioni ai corsi di gennaio",
        "2026-11-16",
        "Ci sono posti per «Competenze digitali di base» e per «Italiano per il lavoro, A1». Si chiede fino al 18 dicembre.",
        [
            text(
                "<p>A gennaio partono due corsi gratuiti.</p><ul>"
                "<li><b>Competenze digitali di base</b>: scrivere un messaggio con un allegato, cercare informazioni, proteggere i propri dati.</li>"
                "<li><b>Italiano per il lavoro, A1</b>: presentarsi, capire un orario, leggere un annuncio.</li></ul>"
                "<p>Le lezioni si seguono dal telefono. Una volta alla settimana ci si vede in aula, sul sito o dal vivo.</p>"
                "<h2>Come si chiede</h2><p>Parlane con la tua assistente sociale o con il centro per l'impiego. "
                'Oppure apri la pagina del corso nel <a href="/corsi/">catalogo</a> e manda la richiesta. Hai tempo fino al 18 dicembre.</p>'
            )
        ],
    ),
    (
        "la-nuova-aula-di-ostuni",
        "A Ostuni c'è un'aula con dodici computer",
        "2026-11-05",
        "Chi non ha una buona connessione a casa può seguire le lezioni dal vivo nell'aula dell'ente di formazione.",
        [
            text(
                "<p>Da questo mese l'aula è aperta il lunedì, il mercoledì e il venerdì, dalle 9:00 alle 13:00 e dalle 15:00 alle 18:00.</p>"
                "<p>Ci sono dodici computer, le cuffie e un tutor. Per venire basta dirlo al tuo tutor il giorno prima. "
                "L'aula è al piano terra e si entra senza scale.</p>"
            )
        ],
    ),
]

# words, slug of the page or "", address
NAVIGATION = [
    ("Corsi", "", "/corsi/"),
    ("Come funziona", "come-funziona", ""),
    ("Chi siamo", "chi-siamo", ""),
    ("Notizie", "notizie", ""),
    ("Aiuto", "aiuto", ""),
]
FOOTER = "La scuola a distanza della rete per l'inclusione di Fasano, Ostuni e Cisternino."
CONTACT = "Sportello della rete\nDal lunedì al venerdì, 9:00–13:00\nTelefono 080 000 0000\nponte@example.org"
BODIES = "Consorzio dei servizi sociali\nCentro per l'impiego\nAgenzia per il lavoro\nEnte di formazione accreditato"
FOOTER_LINKS = [
    ("I tuoi dati", "privacy", ""),
    ("Accessibilità", "accessibilita", ""),
    ("Aiuto", "aiuto", ""),
    ("Verifica un attestato", "", "/verifica/"),
]
