# Adds what Spotify has and a generated catalogue lacks to its table: key, mode and time signature.
NR == 1 { print $0 ",key,mode,time_signature"; next }
{ print $0 "," NR * 7 % 12 "," (NR % 5 > 1) "," (NR % 11 ? 4 : 3) }
