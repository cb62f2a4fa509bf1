/**
 * Airlines as their passengers write them; the first name of a line is the canonical one, the others mean the same.
 * `~` marks a name that is also a plain word: it counts only next to words of flying or at a title's head.
 */
export const AIRLINE_NAMES = `
Aegean|Aegean Airlines
Aer Lingus
Aeroflot
Aerolineas Argentinas|Aerolíneas Argentinas
Aeromexico|AeroMéxico|Aero Mexico
Air Algerie|Air Algérie
Air Arabia
Air Asia|AirAsia|AirAsia X|Air Asia X
Air Astana
Air Austral
Air Baltic|airBaltic
Air Belgium
Air Berlin|airberlin
Air Botswana
Air Canada Rouge
Air Canada
Air Caraibes|Air Caraïbes
Air China|中国国际航空|国航
Air Corsica
Air Dolomiti
Air Europa
Air France|法航|法国航空
Air Greenland
Air India Express
Air India
Air Inuit
Air Malta|KM Malta Airlines
Air Macau|澳门航空
Air Mauritius
Air Namibia
Air New Zealand
Air North
Air Premia
Air Serbia
Air Seychelles
Air Tahiti Nui
Air Tahiti
Air Transat
Air Vanuatu
AirTran
Aircalin
Alaska Airlines|Alaska Air|~Alaska
Alitalia
Allegiant|Allegiant Air
American Airlines|American|AA.com
ANA|All Nippon Airways|全日空
Arajet
Arkefly
Asiana|Asiana Airlines|韩亚航空
Austrian|Austrian Airlines
Avelo|Avelo Airlines
Avianca
Azerbaijan Airlines|AZAL
Azores Airlines|SATA
Azul
BA CityFlyer
Bamboo Airways
Bangkok Airways
Batik Air
Biman Bangladesh
Binter|Binter Canarias
Blue Air
Blue Panorama
Boliviana de Aviacion
Breeze|Breeze Airways
British Airways|BA|英航|英国航空
Brussels Airlines
Bulgaria Air
Cabo Verde Airlines
Caribbean Airlines
Cathay Pacific|Cathay|Cathay Dragon|国泰航空|国泰
Cayman Airways
Cebu Pacific
China Airlines|华航
China Eastern|China Eastern Airlines|东方航空|东航
China Southern|China Southern Airlines|南方航空|南航
Condor
Copa|Copa Airlines
Corendon|Corendon Airlines
Corsair
Croatia Airlines
Cubana
Cyprus Airways
Czech Airlines|ČSA|CSA
Delta|Delta Air Lines|Delta Airlines|达美
Discover Airlines|Eurowings Discover
Druk Air
easyJet|Easy Jet
Edelweiss|Edelweiss Air
Egyptair|EgyptAir
El Al
Emirates|阿联酋航空
Ethiopian|Ethiopian Airlines
Etihad|Etihad Airways|阿提哈德
Eurowings
EVA Air|EVA|长荣航空
Fiji Airways
Finnair|芬兰航空|芬航
Firefly
Flair|Flair Airlines
Flybe
flydubai|Fly Dubai
flynas
FlyOne
French bee|French Blue|Frenchbee
Frontier|Frontier Airlines
Garuda|Garuda Indonesia
Germania
Germanwings
Gol|GOL
Gulf Air
Hainan Airlines|海南航空|海航
Hawaiian Airlines|~Hawaiian
Hong Kong Airlines
HK Express
Iberia Express
Iberia
Iberojet
Icelandair
IndiGo
Interjet
ITA Airways|ITA
Japan Airlines|JAL|日航
Jazeera|Jazeera Airways
Jeju Air
Jet Airways
Jet2|Jet2.com
jetBlue|JetBlue|Jet Blue
Jetstar
Jin Air
Joon
Juneyao|Juneyao Airlines|吉祥航空
Kenya Airways
KLM|荷航|荷兰皇家航空
Korean Air|大韩航空
Kuwait Airways
La Compagnie
Laker
LATAM|LATAM Airlines|LAN|TAM
Lauda|Laudamotion
LEVEL
Lion Air
LOT|LOT Polish Airlines|PLL LOT
Lufthansa|汉莎|汉莎航空
Luxair
Lynx Air
Malaysia Airlines|马航
Malindo|Malindo Air
MEA|Middle East Airlines
Meridiana
Monarch
Neos
Nok Air
Norse|Norse Atlantic|Norse Atlantic Airways
Norwegian|Norwegian Air
Nouvelair
Oman Air
Pegasus|Pegasus Airlines
Peach|Peach Aviation
Philippine Airlines
PIA|Pakistan International Airlines
PLAY|PLAY Airlines
Porter|Porter Airlines
Primera|Primera Air
Qantas|澳航
Qatar Airways|Qatar|卡塔尔航空
Riyadh Air
Rossiya
Royal Air Maroc
Royal Brunei|Royal Brunei Airlines
Royal Jordanian
RwandAir
Ryanair|Ryan Air
S7|S7 Airlines
SAS|Scandinavian Airlines
Saudia|Saudi Arabian Airlines
Scoot|酷航
Shenzhen Airlines|深圳航空
Sichuan Airlines|四川航空
SilkAir
Singapore Airlines|新航|新加坡航空
Sky Airline|SKY Airline
SkyUp
Smartwings
Southwest|Southwest Airlines
South African Airways
SpiceJet
Spirit|Spirit Airlines
Spring Airlines|春秋航空
SriLankan|SriLankan Airlines|Sri Lankan Airlines
Starlux|STARLUX|Starlux Airlines|星宇航空
Sun Country|Sun Country Airlines
SunExpress
Sunwing|Sunwing Airlines
Swiss|SWISS|Swiss International Air Lines|瑞航
Swoop
T'way|T'way Air|Tway
TAAG|TAAG Angola
TACA
TAP|TAP Portugal|TAP Air Portugal|Air Portugal
TAROM
Thai Airways|Thai|泰航|泰国航空
Thai Lion Air
Thai Smile
Thomas Cook|Thomas Cook Airlines
Tianjin Airlines|天津航空
Transaero
Transavia
TUI|TUI fly|TUIfly
Tunisair
Turkish Airlines|Turkish|土耳其航空|土航
Ukraine International|UIA|Ukraine International Airlines
United|United Airlines|美联航
US Airways
Uzbekistan Airways
VietJet|Vietjet Air|VietJet Air
Vietnam Airlines
Virgin America
Virgin Atlantic
Virgin Australia
Viva Aerobus|VivaAerobus|Viva
Vistara
Volaris
Volotea
Vueling
WestJet|West Jet
Wideroe|Widerøe
Wingo
Wizz Air|Wizzair|Wizz|WizzAir
World2Fly
WOW air|WOW Air|WOW
XiamenAir|Xiamen Airlines|厦门航空
XL Airways
ZIPAIR|Zipair
Zoom Airlines
`;
