"""Names and everyday words of the languages that exports are written in: which letters stand beside which.

Only words with a letter that is not ASCII; `evidence.formats.guessing` counts them. A language that is missing is
guessed worse, nothing else; a line can be made longer at will.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "de": """Müller Schröder Köhler Jäger Krüger König Günther Böhm Schäfer Weiß Groß Voß Strauß Größe Straße Füße äußere
        Universität Übersicht Überblick für über wörtlich Ärzte Österreich Zürich München Köln Düsseldorf Göttingen Tübingen Würzburg
        Münster Wirkungen Schädigung möglich können müssen während häufig später früh Körper Rücken Schmerzbekämpfung Hüfte
        Bänder Gelenkschwäche Lähmung Kälte Wärme Blutgefäße Gefäße Prüfung Verträglichkeit Äußerung Öl Grün Schön Bär Träger
        Möbius Höfer Büchner Hölder Döring Löffler Häußler Jürgen Jörg Björn Käthe Günter Rüdiger Sören Händel Schmülling Lüders
        Därme Säure Nägel Knöchel Gewöhnung Zähne Mäuse Häufigkeit Küche Rückfälle Übungen Änderung gemäß schließlich außer heiß
        tägliche Präparate Stärke Länge Öffnung Tränen Spätfolgen Frühling Jährige Gerät Lösung gelöst erhöht Höhe höher Störung
        zurück natürlich Fälle erfüllt ungefähr Erklärung zunächst nächste zusätzlich lässt läuft fällt wählen ausgewählt gewünscht""",
    "fr": """étude études médecine santé été résumé français français Françoise François François Hélène Élodie Éric André René
        Gérard Frédéric Stéphane Jérôme Benoît Noël Joël Chloé Zoé Désirée Lefèvre Lemaître Bézier Crépon Guérin Périer Hébert
        Ségur Bérard Mérieux Rhône Provençal garçon leçon reçu façon ça là où très après près déjà voilà être fenêtre tête même
        arrêt forêt traité traités traitée créée opérée âgé âge pâle dégât hôpital côté contrôle piqûre mûr croûte flûte brûler jeûne diplôme symptôme rôle drôle
        île maître goût août coût sûr dû œuvre cœur sœur œil œdème œsophage fœtus nœud naïf maïs haïr ambiguë Saül
        évaluation efficacité sécurité qualité activité générale différente première deuxième problème système règle élève
        thérapie thérapeutique génétique clinique médicaux préliminaires résultats décès décédé infirmière à réadaptation rééducation
        échelle échec équipe épaule état Étienne École Études Évaluation Île À société Québec Montréal Besançon Orléans Nîmes
        prévention fréquence répété sévère sévérité léger légère complète bénéfice hépatite mémoire référence présenté Crête gêne
        données fidélité blessé blessée idée années soirée durée entrée désactivé spécifié spécifiée impossible à échoué créé dépôt""",
    "es": """niño niños señor años año español España mañana pequeño daño sueño baño otoño enseñanza compañía Muñoz Núñez Ibáñez
        Peña Castañeda Ordóñez Yáñez Zúñiga García Martínez Rodríguez González Hernández López Pérez Sánchez Ramírez Gómez Fernández
        Díaz Álvarez Jiménez Gutiérrez Vázquez Suárez Domínguez Méndez Ríos Mejía Córdoba Málaga Cádiz Bogotá Perú México Panamá
        José María Jesús Ángel Andrés Sofía Lucía Verónica Óscar Íñigo Raúl Martín Agustín Inés Belén Concepción
        médico clínica clínico médica población revisión evaluación investigación según también está después más así aquí allí
        está estás difícil fácil rápido público análisis síntomas diagnóstico terapéutico tratamiento crónico crónica óseo único
        corazón pulmón riñón lesión presión inyección función educación árbol ácido índice éxito último útil césped vergüenza pingüino
        través días tenía había podría sería energía cirugía biología patología artículo capítulo sección número página
        versión opción sesión código línea argumento inválido válido búsqueda dirección ningún él qué cómo cuándo ¿Cómo ¡Qué""",
    "pt": """João São José Antônio António Conceição Assunção Simões Guimarães Magalhães Brandão Leitão Falcão Araújo Gonçalves
        Mendonça Lourenço França Esperança Inês Luís Flávio Márcia Júlio Mônica Mónica Patrícia Cláudia Sérgio Vinícius Tomás
        não então avaliação ação ações função funções revisão população educação saúde país até você também já só avó avô três
        você análise saúde clínica clínico hospitalização reabilitação lesão lesões dor crônica crónica articulação ligações
        pesquisa é são à às português Brasília Ceará Goiás Paraná Belém Maceió Niterói Évora Braga efeitos importância experiência
        ciência frequência série espécie água língua questão questões irmã manhã maçã alemã órgão órgãos mãe mães pão pães
        coração mão mãos padrão opções informações conexão arquivo diretório possível disponível inválido número código útil último""",
    "it": """perché città università qualità attività età più però così già giù è né sarà potrà metà società libertà verità
        possibilità capacità velocità efficacia virtù tribù caffè tè lunedì venerdì sì lì là può ciò Nicolò Forlì Niccolò Salò
        Cefalù Mondovì Pietà Libertà mobilità disabilità probabilità sensibilità specificità perciò poiché cioè trentatré né""",
    "sv": """Åke Åsa Göran Björn Sjöberg Sjögren Lindström Bergström Söderberg Öberg Åberg Håkansson Mårtensson Hägg Lönn Hölmich
        Malmö Göteborg Umeå Linköping Örebro Västerås Jönköping för är och från på även många används större högre låg först
        också två läkare sjukvård smärta knä rörelse före mätning jämfört ålder kvinnor män män höft själv år måste får både
        då så när här där väl bättre känsla träning hälsa patienter åtgärd Öst övrig över under mellersta åt gång skål ändra
        Näslund Löfgren Östlund Strömqvist Nyström Hellström Almén Lindén Norén Sandén Forsén Wallén Palmér kommentarsfält fält
        värde misslyckades läsa öppna söka lösenord användare tillåten saknas fönster nästa föregående rättighet inställningar""",
    "da": """Jørgensen Sørensen Høgh Kjær Østergård Ørsted Nørgaard Møller Bødker Søren Jørn Bjørn Åse Åge Håkon Pål Tromsø
        Århus Ålborg Bodø Malmø København Østfold Færøyene på både når også større først før undersøgelse sygehus smerter ældre
        være læge behandling træning øvelser bevægelse måned år få gå stå må så prøve forsøg større høj lægemiddel især nær
        kvæle køn børn børnene følelse årsak være Sjælland Fyn Ærø Næstved Sæther Bjørk Håland Sørlie Ødegård Grøn Smør Brød
        skjønn helseundersøkelsen forståelse gjøre gjøres språk nøkkel ikke værdi fejl læses åbne søg næste forrige indstil æble""",
    "fi": """Mäkinen Hämäläinen Järvinen Mäkelä Lehtimäki Heikkilä Jyväskylä Väisänen Pöllönen Räsänen Hänninen Kärkkäinen
        Närhi Seppälä Töyry Hämeenlinna Hyvinkää Päijät työ työn hyvä tänä päivä sairaala lääkäri selkä kipu käsi pää ääni
        Wäänänen Mattila Yrjölä Pääkkönen Eskelä Ylönen Mölsä käyttö käytetään näyttää määrä myös tämä lähde löytyi
        tiedostoa ei löydy virheellinen epäonnistui näytä päivitä yhteys käyttäjä sisältää välilehti lisää siirrä""",
    "nl": """België geïnjecteerd patiënten coördinatie geëvalueerd reünie zoölogie één vóór financiële ideeën zeeën knieën
        Daniël Michaël Israël Curaçao reële tweeën industriële beïnvloeden geïsoleerd coöperatie ruïne efficiënt oriëntatie
        variëren creëren bacteriën categorieën kopiëren initiële""",
    "is": """Þór Þorsteinsson Þórðarson Sigurðsson Guðmundur Guðrún Jónsdóttir Björnsdóttir Pétur Gísli Ásgeir Ólafur Íris Úlfar
        Hafnarfjörður Reykjavík við það þetta því þegar rannsókn sjúkrahús læknir verið góð maður áhrif því að og þá stöð veður ræða
        móðir faðir bróðir áður síðan þýðing gögn skrá útgáfa notað óþekkt ekki tókst fært""",
    "pl": """Łukasz Władysław Stanisław Mirosław Michał Paweł Wałęsa Jabłoński Wiśniewski Wójcik Kamiński Kowalczyk Woźniak
        Dąbrowski Kozłowski Zieliński Szymański Jankowski Mazur Krawczyk Piotrowski Grabowski Pawłowski Wróbel Król Wieczorek
        Głowacki Żukowski Żak Ślusarczyk Świątek Źródło Górski Gąsior Wąsik Gołębiewski Węgrzyn Zając Błaszczyk Sędzia Kręcki
        Kraków Łódź Poznań Gdańsk Wrocław Białystok Toruń Rzeszów Śląsk Częstochowa Ostrołęka leczenie ból bólu kręgosłup się
        że są był była było być może ćwiczenia ćwiczeń mięśni mięśnie choć część również został została także działanie
        skuteczność badań badania chorób zespół wpływ zdrowie zdrowia wątroba ręka książka pięć dziesięć krótki długi oś kość
        kości wyników różnych różnice określenie większość mężczyzn wśród które którzy można ńska ńskiego źle też już Agnieszka
        Bożena Grażyna Małgorzata Elżbieta Józef Bogusław Zdzisław Wacław Błażej Jędrzej Bartłomiej Kołodziej Szczęsny Żółć
        plików błąd nieprawidłowy usunąć należy pamięci wartość ścieżka ścieżki wyjście połączenia użytkownika przełącznik otworzyć
        zapisać zmienić dostęp opcję nie udało się wyświetl następny poprzedni nazwę tę tą zostanie mogą będzie nią są""",
    "cs": """Dvořák Novák Černý Procházka Kučera Veselý Horák Němec Pokorný Marešová Šťastný Růžička Beneš Fiala Sedláček Kolář
        Urban Vaněk Blažek Kříž Konečný Malý Holub Čermák Štěpánek Říha Šimek Zelenka Jiří Tomáš Lukáš Ondřej Matěj Jaroslav
        Zdeněk František Václav Přemysl Bedřich Kateřina Veronika Alžběta Světlana Božena Žaneta Plzeň Brně Olomouc Ústí Děčín Třebíč
        Příbram Hradec Králové léčba léčby bolest účinnost vliv při případ případů před které který která jsou může být výsledky
        zdraví nemocných věk děti dítě přehled stejně ještě více méně těchto podle česká společnost řešení ústav univerzity
        vyšetření kostí svalů páteř koleno páteře měsíců týdnů skupině hodnocení trvání závěr úvod cíl souboru věku pacientů
        nesmí žádný jeden dvě tři čtyři pět šest osm devět deset říjen září únor květen července střed čtvrtek pátek úterý
        souboru nelze otevřít uložit zrušit chyba neplatný příkaz připojení není možné nastavení zobrazit smazat přidat ďábel ťuk""",
    "sk": """Kováč Horváth Baláž Ľubomír Ľudovít Ján Jozef Michálek Šoltés Tóth Vrábeľ Mišík Košice Žilina Nitra Prešov
        liečba bolesť účinnosť môže sú pri ktoré ktorý výsledky štúdia štúdie skúsenosti väčší viac než podľa spoločnosť deň
        týždeň mesiac päť deväť kôň stôl vôľa mäso ďalej už ešte nemôže súbor súboru zmazať otvoriť uložiť chyba neplatný
        vŕba stĺp tĺcť ôsmy ľavý pôvod dĺžka hodnôt pripojenie späť meniť nastaviť zobraziť""",
    "hu": """Nagy Kovács Szabó Tóth Horváth Kiss Molnár Németh Balogh Lakatos Mészáros Juhász Fehér Szűcs Törő Erdős Bíró Győző
        Sándor László István József János Gábor Zoltán Péter Tamás Ágnes Éva Mária Krisztián Dénes Gergő Előd Örs Csaba Ödön
        Győr Pécs Székesfehérvár Szegedi Debreceni Műegyetem gyógyítás fájdalom vizsgálat kezelés hatása és között után előtt időszak
        nő nők férfi erő erős hosszú rövid új különböző több először végül csípő térd könyök váll gerinc gyűrű fű füzet
        tűz szív tüdő máj vér csont ízület betegség egészség kórház orvosi összefoglaló következtetés következő elő fő mérő
        nem található érvénytelen megnyitása sikertelen törlés kapcsolat beállítás jelszó könyvtár futó író görgő szülő""",
    "ro": """București Iași Cluj Brașov Timișoara Târgu Mureș Ștefan Țepeș Ionuț Cristian Rădulescu Bălan Dănilă Pârvu Crăciun
        Mădălina Răzvan Câmpulung și în să că ca după până când fără între această aceasta tratament evaluarea eficacității
        științifică științe cercetări sănătate boală durere ță ție ții funcția funcții acțiune situație populație bucureșteană
        însă toți câțiva părți mână român româna România Șerban Țară pacienți ştiinţă şi aţi viaţă faţă Iaşi Braşov Mureş
        fişier fişiere opţiuni eroare deschideţi închide opţiunea setări căutare înapoi înainte șterge salvează adăugați
        nu există conținut ianuarie această fiecare două nouă zăpadă cărți încă îmi îți""",
    "hr": """Petrović Kovačević Jovanović Nikolić Đorđević Milošević Živković Marković Kovačić Knežević Vuković Babić Jurić Perić
        Tomić Šimić Božić Grgić Filipović Matić Čović Đurić Žagar Krčmar Božidar Siniša Željko Ružica Đuro Nataša Saša Mišo
        Šibenik Čakovec Požega Varaždin Niš Čačak Županja liječenje učinak može više između također djelovanje bolesnika križobolja
        žena muškarac kičma vježbe vježba snaga noć kuća već sreća veća čovjek dječak riječ što još uspješno pokušaj značenje
        Novak Zupančič Krajnc Potočnik Kočevar Kovač Žnidaršič Lužar Vidmar Golob Turk Štajerska Škofja Loka Murska ječmen
        Ljubljančan življenje bolečina učinkovitost zdravljenje mišice kolčni čas včasih številni pomoč središče otroče šola
        greška datoteku veličina dodajte obriši pronađi ništa omogući izađi želite izvršiti poništi spremi datoteke vrijednost postavke""",
    "tr": """Şahin Yılmaz Öztürk Yıldız Yıldırım Kılıç Çelik Arslan Doğan Aydın Özdemir Özkan Özgür Çetin Güneş Güler Gül Ünal
        Şimşek Bozkurt Işık Akın Erdoğan Oğuz Tuğba Çağlar Uğur Buğra İbrahim İsmail İlker İpek İrem Ömer Ümit Çiğdem Gökhan Ayşe
        Hüseyin Hüsnü Şükrü Şeyma Gülşen Tülay Nilüfer Kâzım Necmi Ağrı Eskişehir İstanbul İzmir Muğla Niğde Diyarbakır Kırıkkale
        Balıkesir Üniversitesi Tıp Fakültesi Sağlık Bakanlığı Araştırma Eğitim ve çalışma çalışmada değerlendirme tedavisi etkinliği
        ağrı ağrısı hastaların karşılaştırılması bulgular sonuçlar amaç yöntem diz için olduğu değil çok gün sık altı yedi dokuz
        büyük küçük yaş yaşlı kadın kadınların çocuk kıkırdak bağ dışı içi önce sonrası şekilde bağlı sırasında arasında yapılan
        göre ığı ığın ıyor dosya dosyası geçersiz açılamadı değer sürüm yazılım bağlantı kapatıldı başarısız seçenek bulunamadı
        oğlu Hacıoğlu Kocaoğlu Karaoğlu Ağaoğlu Başoğlu İnönü Işıl Şentürk Güçlü Başaran Tekeş Ateş Barış Dönmez Kırdı""",
    "lv": """Bērziņš Kalniņš Ozoliņš Jānis Pēteris Kārlis Līga Dace Rīga Rīgas Liepāja Daugavpils ārstēšana sāpes slimība ļoti
        latviešu valodā pētījums un vēl tā kā ātri ķermenis ģimene žurnāls šķiedra veselība nākamais pēc pār jābūt kļūda vērtība
        Kazlauskas Jankauskas Žukauskas Šimkus Vėtra Gražulis Lietuva gydymas skausmas sąnarių žmogus metų pacientų tyrimų
        įvertinimas įrodymai nuo iki daugiau mažiau ligoninė ligų mokslų jūra ąžuolas ęsą būti rašyti šį žinių Kęstutis Šiauliai
        failas nėra negalima reikšmė įvesti ištrinti rodyti pranešimų paieška""",
    "et": """Jõgi Pärt Tõnu Õunap Mõttus Sõber Jürgen Kõiv Põld Tartu Võru Jõhvi Põlva Ülikool haigla või üks kõik mõju ravi
        põlv põlve uuring näitab käes lõpp lõpetama täna öö töö õigus võimalik sünd aasta päev süsteem võimsus küsimus väärtus""",
    "ru": """Иванов Петров Сидоров Смирнов Кузнецов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев
        Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Щербаков Журавлёв Юрьев
        Александр Сергей Дмитрий Владимир Елена Ольга Наталья Татьяна Анна Мария Москва Петербург Новосибирск Эффективность лечения
        больных остеоартрозом коленного сустава применение боль боли оценка результаты исследование и в на с по для при методы
        заключение цель материалы хирургия медицина журнал вестник клиническая терапия профилактика заболевание пациентов группы
        было были может который которая что это как после между также через без более менее сравнение влияние развитие обзор
        файл ошибка недопустимое значение параметр невозможно открыть чтение запись каталог команда строка имя пользователь""",
    "uk": """Шевченко Коваленко Бондаренко Ткаченко Кравченко Олійник Мельник Київ Львів Харків Дніпро Ївано Євген Сергій Андрій
        лікування хворих біль застосування та із що які його їх між або є було від після дослідження вплив ефективність медицина
        здоров'я України університет помилка значення неможливо відкрити файлу каталог ім'я рядок ґанок
        Георгиев Димитров Иванова Христов Стоянов болка лечение пациенти във България проучване ефект използване грешка файлът""",
    "el": """Παπαδόπουλος Γεωργίου Νικολάου Ιωάννου Δημητρίου Κωνσταντίνου Αθήνα Θεσσαλονίκη Πάτρα θεραπεία ασθενείς πόνος γόνατος
        και της του των στην στη με για από είναι που μελέτη αποτελέσματα μέθοδος σκοπός άσκηση ηλικία χρόνια ομάδα ιατρική
        νοσοκομείο πανεπιστήμιο ελληνική αξιολόγηση αποτελεσματικότητα οστεοαρθρίτιδα δεν μπορεί αρχείο σφάλμα επιλογή τιμή
        ώρα ύπνος έρευνα ήταν ίδιο όλα Όμηρος Ήρα Έλλη Άννα Ύδρα Ώρες α β γ δ μ σ κ λ ω θ π Δ Ω Σ""",
    "he": """כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי יוסף משה דוד יעקב שרה רחל רבקה מרים תל אביב ירושלים חיפה
        ישראל אוניברסיטה בית חולים רפואה טיפול כאב ברך מחקר תוצאות שיטות מטרה מסקנות חולים קבוצה של את על עם לא הוא היא זה אשר
        כי גם או אם יותר בין לפני אחרי שנים השפעה ניסוי ביקורת הזרקה מפרק שריר עצם גיל נשים גברים קובץ שגיאה ערך לפתוח שם
        הגדרות מסמך חיבור הודעה אפשרות משתמש סיסמה ניתן למחוק חדש כתובת""",
    "ar": """محمد أحمد علي حسن حسين محمود إبراهيم يوسف خالد عمر عبد الله الرحمن السيد فاطمة مريم القاهرة دمشق بغداد الرياض
        جامعة مستشفى الطب علاج الألم الركبة دراسة النتائج الطرق الهدف الخلاصة المرضى مجموعة في من على إلى عن مع هذا هذه التي
        الذي أن كان بعد قبل بين أو لا ما كل غير تأثير فعالية حقن مفصل عضلة عظم سنة النساء الرجال مقارنة تقييم ملف خطأ قيمة
        فتح اسم المستخدم إعدادات رسالة خيار حذف جديد عنوان يمكن تعذر اتصال صفحة""",
}

# The commonest ideographs of Chinese names, titles and abstracts.
HANZI = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战"
    "先回则任取据处理府治疗疼痛膝关节炎患者临床观察研究效果分析骨性注射随机对照试验方法目的结果结论医院医学科中华杂志葡萄糖增生张王李"
    "刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶苏魏吕丁沈任姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹"
    "孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉玲红梅志海燕"
    "婷宇浩然嘉欣晨阳雪峰健斌波宁东北京上海广州南省市县大学第一附属人民康复针灸推拿腰椎间盘突出症肩周颈病例组观察者年龄岁男女治愈有效率"
)

# The commonest syllables of Korean names, titles and abstracts.
HANGUL = (
    "이다는의가에을를은하고기로사지인도대한자어시정리아서수해일나전상보부주스과조그제있라성여원구자들용간비와장실없습니까오명경관"
    "김박최강윤임신권황안송류홍민준현영진우선미연유치료환자연구효과무릎관절통증운동결과목적방법결론대학교병원의학회지국내분석"
)
