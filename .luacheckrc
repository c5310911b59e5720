std = "min"
max_line_length = 150
files["spec"] = { std = "min+busted", max_line_length = 170 }
